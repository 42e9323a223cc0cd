import { brigOk, createRoot, disposeRoot, type TestRoot } from "./brig.ts";
import { busyboxLayout, pushLayout } from "./fixtures.ts";
import { startRegistry } from "./registry.ts";

/**
 * Fresh roots that already hold images: each is pushed from its layout into a registry, pulled by brig, and the
 * registry is gone again. `reference(name)` is what to run. The caller ends with `disposeRoot(root)`.
 */
export async function pulledRoot(
  images: Readonly<Record<string, { readonly layout: string; readonly tag: string }>>,
): Promise<{ readonly root: TestRoot; readonly reference: (name: string) => string }> {
  const root = createRoot();
  const registry = await startRegistry();
  const reference = (name: string) => `${registry.address}/${name}`;
  try {
    for (const [name, { layout, tag }] of Object.entries(images)) {
      await pushLayout(layout, { tag, to: `${reference(name)}:latest` });
      await brigOk(["pull", "-q", reference(name)], { root });
    }
  } catch (error) {
    disposeRoot(root);
    throw error;
  } finally {
    await registry.stop();
  }
  return { root, reference };
}

/** Fresh roots that already hold one image, the `latest` of a layout. The caller ends with `disposeRoot(root)`. */
export async function imageRoot(layout: string): Promise<{ readonly root: TestRoot; readonly image: string }> {
  const { root, reference } = await pulledRoot({ tested: { layout, tag: "latest" } });
  return { root, image: reference("tested") };
}

/** The same of busybox, which most tests run. */
export async function busyboxRoot(): Promise<{ readonly root: TestRoot; readonly image: string }> {
  return imageRoot(await busyboxLayout());
}
