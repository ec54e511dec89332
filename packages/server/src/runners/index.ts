export { type JobStreams, openJobStreams, type StreamId } from './job-streams.ts';
export { type GatewayOptions, storeGateway } from './store-gateway.ts';
