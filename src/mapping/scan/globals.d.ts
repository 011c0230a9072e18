/** What the scanner uses of WebAssembly; the types of Node do not have it. */
declare namespace WebAssembly {
  class Module {
    constructor(binary: Uint8Array)
  }
  class Memory {
    constructor(size: { readonly initial: number })
    readonly buffer: ArrayBuffer
    grow(pages: number): number
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>)
    readonly exports: unknown
  }
}
