import { steadyNumber } from '@slipway/workflow/triggers';
import { readAttestations } from '../../attestations/attest-release.ts';
import { enter, type GithubContext, type GithubRouter } from '../github-context.ts';

/**
 * What the server has signed, by the digest that it is of: `gh attestation download` reads it.
 * @see https://docs.github.com/en/rest/repos/attestations#list-attestations
 */
export function addAttestationRoutes(api: GithubRouter, context: GithubContext): void {
  const { store } = context;
  api.get('/repos/:owner/:repo/attestations/:digest', async (c) => {
    const { project } = await enter(c, context, 'code.read');
    const signed = await readAttestations(store, { project: project.name, digest: c.req.param('digest') });
    const repository_id = steadyNumber(project.name);
    return c.json({
      attestations: signed.map(({ bundle }) => ({
        bundle,
        repository_id,
        bundle_url: null,
        initiator: 'user',
      })),
    });
  });
}
