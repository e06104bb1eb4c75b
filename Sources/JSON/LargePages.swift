#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Storage of megabytes on large pages, where the system makes them when asked (madvise(2), `MADV_HUGEPAGE`).
///
/// Memory that is new costs a fault for each of its pages: of a text of 10 MB and its nodes six thousand of them, which is a
/// sixth of the time it takes to check the text.
package enum LargePages {
    /// Smaller storage is most likely memory that was used before.
    private static let least = 4 << 20

    /// Asks for them; what is there stays, and a system that has none is none the slower.
    package static func use(for storage: UnsafeRawBufferPointer) {
        #if os(Linux)
            guard storage.count >= least, let base = storage.baseAddress else { return }
            let page = Int(sysconf(Int32(_SC_PAGESIZE)))
            let start = base.alignedUp(toMultipleOf: page)
            let count = storage.count - (start - base)
            madvise(UnsafeMutableRawPointer(mutating: start), count, MADV_HUGEPAGE)
        #endif
    }
}
