internal import CCurl

/// libcurl at run time: opened by the first transfer, or not to be had.
enum CurlLibrary {
    /// The version text, or why the library cannot be used. The first call opens it (some 6 ms).
    static func load() -> Result<String, CurlUnavailable> {
        guard kcurl_load() == 1 else {
            return .failure(CurlUnavailable(reason: String(cString: kcurl_load_error())))
        }
        return .success(String(cString: kcurl_version()))
    }
}

/// libcurl is missing, too old, or does not start.
public struct CurlUnavailable: Error, Sendable, Hashable {
    /// The dynamic linker's own words.
    public var reason: String
}
