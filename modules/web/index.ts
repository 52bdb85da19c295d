export * from './load-balancer';
export type { LoadBalancerChoices } from './load-balancer-choices';
export * from './request-tracking';
export type { WebChoices } from './web-choices';
export * from './web-tier';
