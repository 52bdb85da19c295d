import { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group';
import { Construct } from 'constructs';

import { type FleetSettings, InstanceFleet, type InstanceRole } from '../compute';
import type { Metric, MetricOptions } from '../metric';
import { type Network, PublicSubnets } from '../network';
import type { Artifact, UploadBucketBase } from '../storage';
import { LoadBalancer } from './load-balancer';
import type { LoadBalancerChoices } from './load-balancer-choices';
import { RequestTracking } from './request-tracking';

/** Where the site listens on an instance. */
const port = 8080;

/** The systemd unit that user data installs; operators stop and start the site by this name. */
export const webService = 'upload-site.service';

/** Settings of a {@link WebTier}. */
export interface WebTierProps extends FleetSettings, LoadBalancerChoices {
  /** Name of the load balancer, the target group and the Auto Scaling group. */
  readonly name: string;
  /** AWS region that it stands in. */
  readonly region: string;
  /** Network whose private subnets the instances stand in; the load balancer stands in public ones. */
  readonly network: Network;
  /** Bucket that people upload to, and whose results they see. */
  readonly bucket: UploadBucketBase;
  /** Node and the site, for the instances' architecture. */
  readonly artifacts: readonly Artifact[];
  /** Requests a minute for each instance that scaling keeps to. @default 1000 */
  readonly requestsPerTarget?: number | undefined;
}

/** The site for people: a load balancer, and behind it an Auto Scaling group of its own. */
export class WebTier extends Construct {
  readonly groupName: string;
  readonly launchTemplateId: string;
  readonly targetGroupArn: string;
  /** The role of its instances. */
  readonly role: InstanceRole;
  readonly publicSubnets: PublicSubnets;
  readonly loadBalancer: LoadBalancer;
  readonly instances: InstanceFleet;
  /** The provider's resources, for `addOverride`. */
  readonly resources: { readonly targetGroup: LbTargetGroup };

  /** @throws ValidationError for the first setting that AWS or this architecture would refuse. */
  constructor(scope: Construct, id: string, props: WebTierProps) {
    super(scope, id);
    const { name, region, network, bucket } = props;

    const targetGroup = new LbTargetGroup(this, 'target-group', {
      name,
      vpcId: network.vpcId,
      targetType: 'instance',
      protocol: 'HTTP',
      protocolVersion: 'HTTP1',
      port,
      healthCheck: {
        path: '/health',
        matcher: '200',
        interval: 5,
        timeout: 2,
        healthyThreshold: 2,
        unhealthyThreshold: 2,
      },
      // The site carries no file, so its requests are short.
      deregistrationDelay: '20',
      // Any instance can answer any request.
      stickiness: { type: 'lb_cookie', enabled: false },
    });
    this.targetGroupArn = targetGroup.arn;
    this.resources = { targetGroup };

    this.publicSubnets = new PublicSubnets(this, 'public', { network });
    this.loadBalancer = new LoadBalancer(this, 'load-balancer', {
      ...props,
      publicSubnets: this.publicSubnets,
      targetGroupArn: targetGroup.arn,
    });
    this.instances = new InstanceFleet(this, 'instances', {
      ...props,
      securityGroup: { id: 'web', description: 'Web servers: requests from the load balancer only' },
      targetGroupArns: [targetGroup.arn],
      service: {
        unit: webService,
        description: 'Upload Pipeline site',
        program: 'bin/upload-site',
        environment: {
          AWS_REGION: region,
          UPLOAD_BUCKET: bucket.bucketName,
          UPLOADS_PREFIX: bucket.uploadsPrefix,
          PROCESSED_PREFIX: bucket.processedPrefix,
          PORT: String(port),
        },
      },
    });
    this.loadBalancer.connect(this.instances.securityGroup, port);
    this.groupName = this.instances.groupName;
    this.launchTemplateId = this.instances.launchTemplateId;
    this.role = this.instances.role;
    bucket.grantUpload(this.role);
    bucket.grantReadResults(this.role);
    bucket.grantList(this.role);

    new RequestTracking(this, 'scaling', {
      name,
      groupName: this.groupName,
      loadBalancer: this.loadBalancer,
      targetGroup,
      requestsPerTarget: props.requestsPerTarget,
    });
  }

  /** Instances that the load balancer sends requests to. @default Minimum of a minute */
  metricHealthyHosts(options: MetricOptions = {}): Metric {
    return {
      namespace: 'AWS/ApplicationELB',
      metricName: 'HealthyHostCount',
      dimensions: {
        LoadBalancer: this.loadBalancer.arnSuffix,
        TargetGroup: this.resources.targetGroup.arnSuffix,
      },
      statistic: 'Minimum',
      period: 60,
      ...options,
    };
  }

  /** Requests that were answered. @default Sum of a minute */
  metricRequests(options: MetricOptions = {}): Metric {
    return this.loadBalancer.metricRequestCount(options);
  }
}
