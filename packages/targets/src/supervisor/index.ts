export { serveSupervisor } from './serve-supervisor.ts';
export { endDaemon } from './supervisor-client.ts';
