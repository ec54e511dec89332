import { symlink } from 'node:fs/promises';
import { addEntry } from './entry.ts';
import type { FillOptions, Offer } from './fill-tool-cache.ts';
import { findJava, type JavaInstallation } from './find-java.ts';

/**
 * Each JDK of the machine, as a link, under the name of its distribution. Builds of OpenJDK that setup-java has no
 * distribution for (Debian's) also stand in for Temurin where the machine has no Temurin of that major version.
 * @see https://github.com/actions/setup-java/blob/main/src/distributions/base-installer.ts (folder and version names)
 */
export async function offerJava({ toolCache, env }: FillOptions): Promise<Offer[]> {
  const installations = await findJava(env);
  const genuine = installations.filter((one) => distributionOf(one) !== undefined);
  const temurin = new Set(genuine.filter((one) => distributionOf(one) === TEMURIN).map(majorOf));
  const standIns = installations.filter(
    (one) => distributionOf(one) === undefined && !temurin.has(majorOf(one)),
  );
  return await Promise.all(
    [...genuine, ...standIns].map(async (installation) => {
      const { version, build, prefix, implementor } = installation;
      const distribution = distributionOf(installation);
      const name = `Java_${distribution ?? TEMURIN}_jdk`;
      // setup-java reads the first hyphen as `+`, the build.
      const named = build === '' ? version : `${version}-${build}`;
      await addEntry({ toolCache, name, version: named }, (directory) => symlink(prefix, directory));
      const offer: Offer = { name, version: named, from: prefix };
      if (distribution === undefined)
        offer.note = `Java ${version} of ${implementor || prefix} stands in for Temurin`;
      return offer;
    }),
  );
}

const TEMURIN = 'Temurin-Hotspot';

/** `IMPLEMENTOR` of the release file to setup-java's name. */
const DISTRIBUTIONS: [RegExp, string][] = [
  [/^Eclipse Adoptium$|^Eclipse Foundation$/, TEMURIN],
  [/^Azul/, 'Zulu'],
  [/^Amazon/, 'Corretto'],
  [/^Microsoft/, 'Microsoft'],
  [/^BellSoft/, 'Liberica'],
  [/^SAP/, 'SapMachine'],
  [/^Oracle/, 'Oracle'],
  [/^GraalVM/, 'GraalVM'],
];

function distributionOf({ implementor }: JavaInstallation): string | undefined {
  return DISTRIBUTIONS.find(([pattern]) => pattern.test(implementor))?.[1];
}

function majorOf({ version }: JavaInstallation): string {
  return version.split('.')[0] ?? '';
}
