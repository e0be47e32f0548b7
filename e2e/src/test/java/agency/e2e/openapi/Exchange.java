package agency.e2e.openapi;

/** One request and its answer as they crossed the wire. An answer that broke off has status 0. */
public record Exchange(
        String method,
        String path,
        String requestBody,
        int status,
        String contentType,
        String responseBody) {

    @Override
    public String toString() {
        return method + " " + path + " → " + status + " " + contentType;
    }
}
