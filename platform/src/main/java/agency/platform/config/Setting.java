package agency.platform.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Documents one setting: a component of a settings record that is not a section itself.
 *
 * <pre>{@code
 * public record ServerSettings(
 *         @Setting(doc = "Address to listen on.", def = "127.0.0.1") String host,
 *         @Setting(doc = "Port to listen on; 0 picks a free one.", def = "8080") int port) {}
 * }</pre>
 *
 * <p>The key is the component's name in snake_case under its sections: {@code server.port} in
 * {@code agency.yaml}, {@code --server.port} as a flag, {@code AGENCY_SERVER_PORT} in the
 * environment. Types: String, int, long, double, boolean, Duration ({@code 30s}), {@link Bytes}
 * ({@code 64MiB}), Path ({@code ~} is the home folder), URI, {@link AddressRange}, enums, Secret,
 * Optional and lists of these. A component that is {@code @Nullable} or Optional may have no value.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
    /** What it does, in one or two sentences; becomes the documentation. */
    String doc();

    /**
     * The default as one would write it in the environment; empty: none (an empty list, no value
     * for optional settings, otherwise it must be set).
     */
    String def() default "";
}
