import type {
  DescribeAccountLimitsInput,
  DescribeAccountLimitsOutput,
  DescribeSSLPoliciesInput,
  DescribeSSLPoliciesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';

import type { ActionHandlers } from '../../protocol/query-service';
import { accountLimits } from '../limits';
import { page } from '../paging';
import { describeSslPolicies } from '../ssl-policies';

/** The actions on what an account may have and choose from. */
export function accountActions(): ActionHandlers {
  return {
    DescribeAccountLimits: (input: DescribeAccountLimitsInput): DescribeAccountLimitsOutput => {
      const { items, nextMarker } = page(accountLimits, input);
      return { Limits: items, NextMarker: nextMarker };
    },

    DescribeSSLPolicies: (input: DescribeSSLPoliciesInput): DescribeSSLPoliciesOutput => {
      const { items, nextMarker } = page(describeSslPolicies(input.Names), input);
      return { SslPolicies: items, NextMarker: nextMarker };
    },
  };
}
