import { Lb } from '@cdktf/provider-aws/lib/lb';
import { LbListener } from '@cdktf/provider-aws/lib/lb-listener';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';

import type { Metric, MetricOptions } from '../metric';
import type { Network, PublicSubnets } from '../network';
import { refuse } from '../validation';
import {
  type LoadBalancerChoices,
  loadBalancerNameProblems,
  loadBalancerProblems,
} from './load-balancer-choices';

/** AWS's recommendation: TLS 1.3, and 1.2 with forward secrecy. */
const sslPolicy = 'ELBSecurityPolicy-TLS13-1-2-2021-06';

/** Settings of a {@link LoadBalancer}. */
export interface LoadBalancerProps extends LoadBalancerChoices {
  /** Name of the load balancer. */
  readonly name: string;
  /** Network that it stands in. */
  readonly network: Network;
  /** Subnets that the internet reaches it in. */
  readonly publicSubnets: PublicSubnets;
  /** Where requests go. */
  readonly targetGroupArn: string;
}

/** An Application Load Balancer that everyone reaches. */
export class LoadBalancer extends Construct {
  readonly dnsName: string;
  readonly arn: string;
  /** `http://…` or `https://…`, by the load balancer's own name. */
  readonly url: string;
  /** Part of the ARN by which metrics and scaling policies name it. */
  readonly arnSuffix: string;
  readonly securityGroup: SecurityGroup;
  /** The provider's resources, for `addOverride`. */
  readonly resources: {
    readonly loadBalancer: Lb;
    /** Forwards to the target group. */
    readonly listener: LbListener;
    /** HTTP to HTTPS, where there is a certificate. */
    readonly redirect?: LbListener;
  };

  private readonly name: string;

  /** @throws ValidationError for a name, a certificate or a bucket that AWS would refuse. */
  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const { name, network, publicSubnets, certificateArn, accessLogBucketName } = props;
    refuse([...loadBalancerNameProblems('name', name), ...loadBalancerProblems(props)]);
    this.name = name;

    this.securityGroup = new SecurityGroup(this, 'security-group', {
      vpcId: network.vpcId,
      name: `${name}-load-balancer`,
      description: 'Load balancer: HTTP and HTTPS from everyone',
      tags: { Name: `${name}-load-balancer` },
    });
    const loadBalancer = new Lb(this, 'load-balancer', {
      name,
      loadBalancerType: 'application',
      internal: false,
      subnets: [...publicSubnets.subnetIds],
      securityGroups: [this.securityGroup.id],
      enableHttp2: true,
      // Headers with invalid names may mean one thing to the load balancer and another to a server behind it.
      dropInvalidHeaderFields: true,
      enableDeletionProtection: props.deletionProtection ?? false,
      ...(accessLogBucketName === undefined
        ? {}
        : { accessLogs: { bucket: accessLogBucketName, prefix: name, enabled: true } }),
      dependsOn: [...publicSubnets.reachability],
      tags: { Name: name },
    });
    this.dnsName = loadBalancer.dnsName;
    this.arn = loadBalancer.arn;
    this.arnSuffix = loadBalancer.arnSuffix;
    this.url = `${certificateArn === undefined ? 'http' : 'https'}://${loadBalancer.dnsName}`;
    this.resources = { loadBalancer, ...this.listeners(loadBalancer, props) };
  }

  /** Lets requests through to instances, and no others in. */
  connect(instances: SecurityGroup, port: number): void {
    const rule = { ipProtocol: 'tcp', fromPort: port, toPort: port };
    new VpcSecurityGroupEgressRule(this, 'to-instances', {
      ...rule,
      securityGroupId: this.securityGroup.id,
      referencedSecurityGroupId: instances.id,
      tags: { Name: 'Requests to the instances' },
    });
    new VpcSecurityGroupIngressRule(this, 'instances-from', {
      ...rule,
      securityGroupId: instances.id,
      referencedSecurityGroupId: this.securityGroup.id,
      tags: { Name: `Requests from ${this.name}` },
    });
  }

  /** Requests that were answered. @default Sum of a minute */
  metricRequestCount(options: MetricOptions = {}): Metric {
    return this.metric('RequestCount', 'Sum', options);
  }

  /** Answers of the load balancer itself that say that it could not reach a target. @default Sum of a minute */
  metricElb5xxCount(options: MetricOptions = {}): Metric {
    return this.metric('HTTPCode_ELB_5XX_Count', 'Sum', options);
  }

  /** Seconds from a request to a target until its answer begins. @default Average of a minute */
  metricTargetResponseTime(options: MetricOptions = {}): Metric {
    return this.metric('TargetResponseTime', 'Average', options);
  }

  private metric(metricName: string, statistic: Metric['statistic'], options: MetricOptions): Metric {
    const dimensions = { LoadBalancer: this.arnSuffix };
    return { namespace: 'AWS/ApplicationELB', metricName, dimensions, statistic, period: 60, ...options };
  }

  private listeners(
    { arn: loadBalancerArn }: Lb,
    { certificateArn, targetGroupArn }: LoadBalancerProps,
  ): { listener: LbListener; redirect?: LbListener } {
    const forward = [{ type: 'forward', targetGroupArn }];
    this.openToEveryone('http', 80);
    if (certificateArn === undefined) {
      const listener = new LbListener(this, 'http', {
        loadBalancerArn,
        port: 80,
        protocol: 'HTTP',
        defaultAction: forward,
      });
      return { listener };
    }
    this.openToEveryone('https', 443);
    const redirect = new LbListener(this, 'redirect', {
      loadBalancerArn,
      port: 80,
      protocol: 'HTTP',
      defaultAction: [
        { type: 'redirect', redirect: { protocol: 'HTTPS', port: '443', statusCode: 'HTTP_301' } },
      ],
    });
    const listener = new LbListener(this, 'https', {
      loadBalancerArn,
      port: 443,
      protocol: 'HTTPS',
      certificateArn,
      sslPolicy,
      defaultAction: forward,
    });
    return { listener, redirect };
  }

  private openToEveryone(scheme: string, port: number): void {
    new VpcSecurityGroupIngressRule(this, `from-everyone-${scheme}`, {
      securityGroupId: this.securityGroup.id,
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
      cidrIpv4: '0.0.0.0/0',
      tags: { Name: `${scheme.toUpperCase()} from everyone` },
    });
  }
}
