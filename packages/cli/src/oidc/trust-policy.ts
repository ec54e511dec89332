/** Who may assume a role. */
export interface Trust {
  /** `iss` of the tokens. */
  issuer: string;
  /** Twelve digits. */
  account: string;
  audience: string;
  /** A `sub`; with `*` or `?` in it every one that fits. */
  subject: string;
}

/**
 * The trust policy of an IAM role that jobs assume.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
 */
export function trustPolicyOf({ issuer, account, audience, subject }: Trust): object {
  const provider = providerOf(issuer);
  const equal = { [`${provider}:aud`]: audience };
  const ofSubject = { [`${provider}:sub`]: subject };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${provider}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: /[*?]/.test(subject)
          ? { StringEquals: equal, StringLike: ofSubject }
          : { StringEquals: { ...equal, ...ofSubject } },
      },
    ],
  };
}

/** How IAM names an issuer: its address without the scheme. */
export function providerOf(issuer: string): string {
  return issuer.replace(/^https?:\/\//, '');
}
