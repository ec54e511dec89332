export { createEdgeClient, type EdgeClient } from './edge-client.ts';
export { serveEdge } from './serve-edge.ts';
