/** What Elastic Load Balancing says of an instance in a target group. */
export type TargetHealthState = 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining';

/** What Auto Scaling needs of Elastic Load Balancing. */
export interface TrafficGateway {
  /** @throws ServiceError when there is no such target group. */
  check(targetGroupArn: string): void;
  /** Registers an instance on the target group's port. */
  register(targetGroupArn: string, instanceId: string, zone: string): void;
  /** Takes an instance out; requests in flight have the deregistration delay to end. */
  deregister(targetGroupArn: string, instanceId: string): void;
  /** Whether no request of the target group is in flight to an instance that was taken out, or its delay is over. */
  isDrained(targetGroupArn: string, instanceId: string): boolean;
  /** `undefined` for an instance that is not registered. */
  health(targetGroupArn: string, instanceId: string): TargetHealthState | undefined;
}
