/** Keys that sign ID tokens: each signs for a while, and is published until the last token that it signed has run out. */
export interface OidcKeyTable {
  kid: string;
  /** JWK as JSON. */
  public_key: string;
  /** JWK, encrypted with the server's key: a compact JWE. */
  private_key: string;
  created_at: number;
  signs_until: number;
  published_until: number;
}
