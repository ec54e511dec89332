export { serveEdge } from './serve-edge.ts';
