package agency.bench.gateway;

import agency.bench.load.ProcessTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * nginx as a plain proxy with one worker and pooled upstream connections: the floor. It parses and
 * counts nothing.
 */
final class Nginx implements Subject {

    private final Child child;
    private final int port = Child.freePort();

    Nginx(Path folder, int upstreamPort) throws IOException {
        Path configuration = folder.resolve("nginx.conf");
        Files.writeString(
                configuration,
                """
                worker_processes 1;
                worker_rlimit_nofile 65536;
                pid %1$s/nginx.pid;
                error_log %1$s/nginx-error.log;
                events { worker_connections 16384; use epoll; }
                http {
                  access_log off;
                  client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy; fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
                  tcp_nodelay on;
                  keepalive_requests 1000000000;
                  upstream model { server 127.0.0.1:%2$d; keepalive 1024; keepalive_requests 1000000000; }
                  server {
                    listen 127.0.0.1:%3$d backlog=4096;
                    location / {
                      proxy_pass http://model;
                      proxy_http_version 1.1;
                      proxy_set_header Connection "";
                      proxy_buffering off;
                    }
                  }
                }
                """
                        .formatted(folder, upstreamPort, port));
        this.child =
                Child.start(
                        folder,
                        Map.of(),
                        List.of(
                                "nginx",
                                "-c",
                                configuration.toString(),
                                "-g",
                                "daemon off; user root;"));
        child.awaitPort(port);
    }

    /** Whether nginx can be started here. */
    static boolean present() {
        return Programs.onPath("nginx");
    }

    @Override
    public String name() {
        return "nginx";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public ProcessTree processes() {
        return new ProcessTree(List.of(child.pid()), "");
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("authorization", "Bearer sk-upstream");
    }

    @Override
    public void close() {
        child.close();
    }
}
