/**
 * What GitHub accepts at most of one file.
 * @see actions/runner, src/Sdk/WorkflowParser/ParseOptions.cs and Conversion/YamlObjectReader.cs
 */
export interface ReaderLimits {
  /** Mappings and sequences within each other. */
  maxDepth: number;
  /** UTF-16 code units of the file. */
  maxFileLength: number;
  /** Bytes of what was read, as GitHub counts them (`measureSize`). */
  maxResultSizeBytes: number;
  /** YAML nodes, each alias counted as often as it is used. */
  maxNodes: number;
}

export const githubLimits: ReaderLimits = {
  maxDepth: 50,
  maxFileLength: 1024 * 1024,
  maxResultSizeBytes: 10 * 1024 * 1024,
  maxNodes: 50_000,
};
