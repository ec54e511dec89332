export { type HttpGatewayOptions, httpGateway } from './http-gateway.ts';
export { type Agent, type AgentOptions, startAgent } from './start-agent.ts';
export type { Machine } from './work-on-job.ts';
