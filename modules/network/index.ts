export { Network, type NetworkProps } from './network';
export * from './public-subnets';
