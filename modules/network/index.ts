export type { NetworkChoices } from './network-choices';
export { Network, type NetworkProps } from './network';
export * from './public-subnets';
