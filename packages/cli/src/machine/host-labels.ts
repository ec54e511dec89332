const images = ['ubuntu-latest', 'ubuntu-24.04', 'ubuntu-22.04'];
const macImages = ['macos-latest', 'macos-15', 'macos-14'];

/** Labels that a runner on a machine has by itself: those of self-hosted runners, and of GitHub's images that it stands in for. */
export function hostLabels(platform: NodeJS.Platform, arch: NodeJS.Architecture): string[] {
  if (platform === 'darwin') return ['self-hosted', 'macos', arch, ...macImages];
  const arm =
    arch === 'arm64' ? images.filter((image) => image !== 'ubuntu-latest').map((one) => `${one}-arm`) : [];
  return ['self-hosted', platform, arch, ...images, ...arm];
}
