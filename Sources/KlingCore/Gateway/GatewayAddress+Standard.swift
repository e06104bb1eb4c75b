extension GatewayAddress {
    /// The gateway of both model pages.
    public static let standard = GatewayAddress(standardHost: "xcompute.us")

    private init(standardHost: String) {
        url = "https://" + standardHost
        host = standardHost
        isSecure = true
        port = nil
    }
}
