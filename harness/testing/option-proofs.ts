/** What shows that an option of the modules was applied: attributes of a resource, as Terraform reads them of the API. */
export interface Proof {
  /** Address of the resource without CDKTF's hash at its end. */
  readonly address: string;
  /** Attributes that it has, among others; a pattern stands for a text. @default that there is such a resource */
  readonly has?: Readonly<Record<string, unknown>>;
  /** There must be no such resource: the option takes it away. */
  readonly absent?: true;
}

const bucket = (name: string, type: string): string => `aws_s3_bucket_${type}.first_uploads_${name}`;
const workers = 'aws_autoscaling_group.first_workers_instances_group';
const web = 'aws_autoscaling_group.first_web_instances_group';
const loadBalancer = 'aws_lb.first_web_load-balancer';
const queue = 'aws_sqs_queue.first_tasks_queue';
const secondTemplate = 'aws_launch_template.second_workers_instances_template';
const alarm = (name: string): string => `aws_cloudwatch_metric_alarm.first_observability_alarms_${name}`;
const secondKey = /^arn:aws:kms:us-east-2:000000000000:key\/.+/;
const httpsListener = {
  address: 'aws_lb_listener.first_web_load-balancer_https',
  has: { port: 443, protocol: 'HTTPS', certificate_arn: /certificate\/11111111-/ },
};
const requests = {
  address: 'aws_autoscaling_policy.first_web_scaling_requests',
  has: { target_tracking_configuration: [{ target_value: 500 }] },
};
const accessLogs = {
  address: loadBalancer,
  has: { access_logs: [{ bucket: 'options-logs', enabled: true, prefix: 'first-web' }] },
};
const kept = { address: loadBalancer, has: { enable_deletion_protection: true } };

/** A list of so many blocks, one of which is looked at. */
function block(index: number, of: number, has: object): object[] {
  return Array.from({ length: of }, (_, place) => (place === index ? has : {}));
}

function lifecycleRule(index: number, rule: object): Proof {
  return { address: bucket('lifecycle', 'lifecycle_configuration'), has: { rule: block(index, 3, rule) } };
}

function distribution(has: object): Proof {
  return { address: workers, has: { mixed_instances_policy: [{ instances_distribution: [has] }] } };
}

/**
 * For each option of the constructs, by its name, what modules/testing/options/main.ts makes of it. Options of one name are
 * one option that is handed on. Proved otherwise: `preventDestroy`.
 */
export const optionProofs: Readonly<Record<string, Proof>> = {
  // The pipeline
  nodeArtifact: { address: secondTemplate, has: { user_data: /unpack s3:\/\/second-artifacts\/node\// } },
  nodeVersion: {
    address: secondTemplate,
    has: { user_data: /= v22\.23\.3 \] \|\| patiently unpack s3:\/\/second-artifacts\/node\// },
  },
  mediaArtifact: { address: secondTemplate, has: { user_data: /unpack s3:\/\/second-artifacts\/media\// } },
  tasksPerInstance: {
    address: 'aws_launch_template.first_workers_instances_template',
    has: { user_data: /WORKER_CONCURRENCY=4/ },
  },
  workerSettings: {
    address: 'aws_launch_template.first_workers_instances_template',
    has: { user_data: /"LOG_LEVEL=debug"\nEnvironment="METRICS_NAMESPACE=first\/workers"/ },
  },
  backlogPerInstance: {
    address: 'aws_autoscaling_policy.first_workers_scaling_policy',
    has: { policy_type: 'TargetTrackingScaling', target_tracking_configuration: [{ target_value: 20 }] },
  },
  rawMessageDelivery: {
    address: 'aws_sns_topic_subscription.first_subscription',
    has: { raw_message_delivery: true },
  },
  encryptionKey: { address: 'aws_kms_key.first_key', has: { enable_key_rotation: true } },
  encryptionKeyArn: {
    address: 'aws_sqs_queue.second_tasks_queue',
    has: { kms_master_key_id: secondKey },
  },
  observability: { address: 'aws_cloudwatch_dashboard.second', absent: true },
  tags: {
    address: workers,
    has: {
      tag: [
        { key: 'CostCenter', value: '4711', propagate_at_launch: true },
        { key: 'Name', value: 'first-workers', propagate_at_launch: true },
        { key: 'Team', value: 'films', propagate_at_launch: true },
      ],
    },
  },

  // Compute
  otherInstanceTypes: {
    address: workers,
    has: {
      mixed_instances_policy: [
        {
          launch_template: [
            {
              override: [
                { instance_type: 'c7i.large' },
                { instance_type: 'c7a.large' },
                { instance_type: 'c6i.large' },
              ],
            },
          ],
        },
      ],
    },
  },
  onDemandBaseCapacity: distribution({ on_demand_base_capacity: 1 }),
  onDemandPercentageAboveBaseCapacity: distribution({
    on_demand_percentage_above_base_capacity: 25,
    spot_allocation_strategy: 'price-capacity-optimized',
  }),
  architecture: { address: secondTemplate, has: { instance_type: 't4g.small' } },
  imageId: { address: secondTemplate, has: { image_id: 'ami-0123456789abcdef0' } },
  keyPairName: { address: secondTemplate, has: { key_name: 'anna' } },
  volumeSize: {
    address: 'aws_launch_template.first_workers_instances_template',
    has: { block_device_mappings: [{ ebs: [{ volume_size: 100, volume_type: 'gp3', encrypted: 'true' }] }] },
  },
  packages: { address: secondTemplate, has: { user_data: /dnf install -y jq sox/ } },
  maxInstanceLifetimeSeconds: { address: workers, has: { max_instance_lifetime: 604_800 } },
  refreshAlarmNames: {
    address: workers,
    has: {
      instance_refresh: [{ preferences: [{ alarm_specification: [{ alarms: ['first-dead-letters'] }] }] }],
    },
  },
  schedule: {
    address: 'aws_autoscaling_schedule.first_workers_instances_schedule-night',
    has: { recurrence: '0 22 * * *', time_zone: 'America/New_York', min_size: 1, max_size: 2 },
  },
  warmPool: {
    address: 'aws_autoscaling_group.workers_instances_group',
    has: {
      warm_pool: [
        {
          pool_state: 'Running',
          min_size: 1,
          max_group_prepared_capacity: 1,
          instance_reuse_policy: [{ reuse_on_scale_in: true }],
        },
      ],
    },
  },
  targetGroupArns: { address: web, has: { target_group_arns: [/:targetgroup\/first-web\//] } },
  drainSeconds: {
    address: 'aws_autoscaling_lifecycle_hook.converters_drain',
    has: { heartbeat_timeout: 600 },
  },

  // Storage
  publicReadDemo: {
    address: 'aws_s3_bucket_policy.second_uploads_policy',
    has: { policy: /"Sid":"PublicReadObjects"/ },
  },
  accessLogBucketName: {
    address: bucket('access-logs', 'logging'),
    has: { target_bucket: 'options-logs', target_prefix: 'first-uploads/' },
  },
  corsOrigins: {
    address: bucket('cors', 'cors_configuration'),
    has: { cors_rule: [{ allowed_origins: ['https://films.example'] }] },
  },
  forceDestroy: { address: 'aws_s3_bucket.second_uploads_bucket', has: { force_destroy: true } },
  incompleteUploadDays: lifecycleRule(0, {
    abort_incomplete_multipart_upload: [{ days_after_initiation: 3 }],
  }),
  noncurrentVersionDays: lifecycleRule(1, { noncurrent_version_expiration: [{ noncurrent_days: 60 }] }),
  processedStorageClass: lifecycleRule(2, { transition: [{ storage_class: 'STANDARD_IA' }] }),
  processedTransitionDays: lifecycleRule(2, { transition: [{ days: 45 }] }),
  notificationPrefixes: {
    address: bucket('notification', 'notification'),
    has: { topic: block(4, 8, { filter_prefix: 'uploads/notes/', events: ['s3:ObjectCreated:*'] }) },
  },
  notificationSuffixes: {
    address: bucket('notification', 'notification'),
    has: { topic: block(3, 8, { filter_suffix: '.TXT' }) },
  },

  // Messaging
  longestTaskSeconds: {
    address: 'aws_launch_template.first_workers_instances_template',
    has: { user_data: /TERMINATION_DRAIN_SECONDS=7200/ },
  },
  visibilityTimeoutSeconds: { address: queue, has: { visibility_timeout_seconds: 300 } },
  maxReceiveCount: { address: queue, has: { redrive_policy: /"maxReceiveCount":3/ } },
  deadLetterQueueName: {
    address: 'aws_launch_template.workers_instances_template',
    has: { user_data: /DEAD_LETTER_QUEUE_URL=http\S+\/second-tasks-dlq/ },
  },

  // Network
  interfaceServices: { address: 'aws_vpc_endpoint.network_ssm', absent: true },
  flowLogBucketName: {
    address: 'aws_flow_log.first_network_flow-log',
    has: { log_destination: 'arn:aws:s3:::options-logs/first/', traffic_type: 'ALL' },
  },
  cidrBlock: { address: 'aws_vpc.network_vpc', has: { cidr_block: '10.64.0.0/16' } },

  // Observability
  alarmEmail: {
    address: 'aws_sns_topic_subscription.first_observability_topic_email',
    has: { protocol: 'email', endpoint: 'operators@films.example' },
  },
  alarmTopicArn: { address: alarm('dead-letters'), has: { alarm_actions: [/./, /:options-operators$/] } },
  topicArns: { address: alarm('dead-letters'), has: { alarm_actions: [/:first-alarms$/, /./] } },
  runbookUrl: {
    address: alarm('dead-letters'),
    has: { alarm_description: /https:\/\/films\.example\/runbook#dead-letters$/ },
  },
  oldestTaskSeconds: { address: alarm('tasks-grow-old'), has: { threshold: 1_200 } },
  timeToDrainSeconds: { address: alarm('slow-to-drain'), has: { threshold: 1_800 } },
  topic: {
    address: 'aws_cloudwatch_dashboard.first_observability_dashboard',
    has: { dashboard_body: /NumberOfMessagesPublished/ },
  },
  subscription: { address: alarm('undelivered') },
  web: { address: alarm('no-healthy-host') },

  // Web
  webTier: { address: loadBalancer, has: { name: 'first-web', internal: false } },
  webArtifact: {
    address: 'aws_launch_template.first_web_instances_template',
    has: { user_data: /unpack s3:\/\/first-artifacts\/web\// },
  },
  webMinSize: { address: web, has: { min_size: 1 } },
  webDesiredCapacity: { address: web, has: { desired_capacity: 1 } },
  webMaxSize: { address: web, has: { max_size: 3 } },
  webRequestsPerTarget: requests,
  requestsPerTarget: requests,
  webCertificateArn: httpsListener,
  certificateArn: {
    address: 'aws_lb_listener.first_web_load-balancer_redirect',
    has: { port: 80, default_action: [{ type: 'redirect', redirect: [{ protocol: 'HTTPS' }] }] },
  },
  webDeletionProtection: kept,
  deletionProtection: kept,
  webAccessLogBucketName: accessLogs,
};
