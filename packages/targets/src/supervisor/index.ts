export { serveSupervisor } from './serve-supervisor.ts';
