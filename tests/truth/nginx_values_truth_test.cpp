// Many small configurations, one statement each, asked of nginx itself: what it refuses must be
// refused here at the same line and in the same words, and what it takes must be taken. The letter
// says where the statement stands. The lists were chosen from a longer generated one by what nginx
// answered: some of each answer.
#include "support/audit.hpp"
#include "support/nginx_says.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace stackaudit {
namespace {

constexpr std::string_view kRefused = R"(
M worker_processes auto auto;
M worker_processes 2 1;
M worker_cpu_affinity 012;
M worker_rlimit_nofile 10k;
M worker_priority x;
M worker_shutdown_timeout 5x;
M timer_resolution x;
M env;
M daemon maybe;
M pid /run/a.pid; pid /run/b.pid;
M error_log /var/log/nginx/e.log debug info;
S error_log /var/log/nginx/x.log notice warn;
M error_log syslog:server=127.0.0.1,facility=foo;
M error_log syslog:facility=daemon;
M thread_pool p;
M thread_pool p threads=0;
M thread_pool p threads=2 max_queue=x;
M thread_pool p threads=2; thread_pool p threads=2;
M user;
M user a b c;
M pcre_jit 1;
M events { }
M http { } http { }
M debug_points x;
M load_module modules/ngx_stream_module.so;
M load_module modules/ngx_stream_module.so; load_module modules/ngx_stream_module.so;
M include;
M server { }
H server { server { } }
M location / { }
H location / { }
M worker_connections 5;
M quic_bpf on;
E worker_connections x;
E worker_connections 5 6;
E use foo;
E use kqueue;
E multi_accept 1;
E accept_mutex_delay 5x;
E debug_connection foo bar;
E debug_connection 300.1.1.1/8;
E use epoll; use epoll;
E http { }
H http { }
E daemon on;
H sendfile on off;
H sendfile_max_chunk 5g;
H tcp_nopush maybe;
H keepalive_timeout 65 x;
H keepalive_timeout 65s 60s 5s;
H keepalive_requests -1;
U keepalive_requests x; server 127.0.0.1;
H keepalive_disable msie6 opera;
H client_max_body_size -1;
H client_max_body_size 1t;
H client_body_buffer_size 1g;
H large_client_header_buffers 4;
H large_client_header_buffers 4 x;
H large_client_header_buffers x 8k;
H output_buffers 0 1k;
H server_tokens none;
H default_type a b;
H types a { }
H index;
H root /a; root /b;
L root /b; root /c;
H root /a/$document_root;
H root $realpath_root;
H log_format;
H log_format x;
H log_format x escape=foo $host;
H log_format x a; log_format x b;
H access_log off main;
H access_log /var/log/nginx/a.log combined foo;
H access_log /var/log/nginx/a.log combined buffer=x;
H access_log /var/log/nginx/a.log combined flush=5s;
H open_log_file_cache min_uses=1;
H open_log_file_cache max=x;
H open_log_file_cache max=10 foo=1;
H open_file_cache inactive=20s;
H open_file_cache max=0;
H open_file_cache max=5 foo;
H open_file_cache_min_uses x;
H gzip on; gzip on;
H gzip_types;
H gzip_comp_level 0;
H gzip_min_length x;
H gzip_proxied foo;
H gzip_http_version 2.0;
H gzip_vary yes;
H gzip_disable "(";
H gzip_static maybe;
H charset_map a a { }
H charset_map a b { XX YY; }
H add_header X;
H add_header X Y always foo;
H add_header X Y Z;
H expires @25h;
H expires modified;
H expires foo;
H etag no;
H if_modified_since never;
H resolver 127.0.0.1 valid=x;
H resolver 127.0.0.1 ipv6=no;
H resolver;
H resolver valid=30s;
H resolver_timeout 5x;
H limit_rate x;
H lingering_close maybe;
H request_pool_size 5x;
H connection_pool_size 30;
H request_pool_size 100;
H directio x;
H aio on;
H aio threads=p;
L aio threads=nosuch;
H aio foo;
H error_page 404;
H error_page 200 /a;
H error_page 600 /a;
H error_page 499 /a;
H map $host $x { a; }
H map $host $x { a b c; }
H map $host x { a b; }
H map_hash_max_size x;
H geo $x { 10.0.0.0/33 1; }
H geo $x { foo 1; }
H geo $x { ranges; 10.0.0.5-10.0.0.0 a; }
H geo $x { ranges; 10.0.0.0/8 a; }
H split_clients $host $x { 50% a; 60% b; }
H split_clients $host $x { 101% a; }
H split_clients $host $x { 50 a; }
H split_clients $host $x { 0.005% a; * b; }
H limit_req_zone $binary_remote_addr zone=a:10m;
H limit_req_zone zone=a:10m rate=1r/s;
H limit_req_zone $binary_remote_addr zone=a:10m rate=xr/s;
H limit_req_zone $binary_remote_addr zone=a:10m rate=0r/s;
H limit_conn_zone $binary_remote_addr zone=a;
H limit_conn_zone $binary_remote_addr zone=a:1k;
H limit_conn_zone $binary_remote_addr zone=a:10m foo;
H limit_conn_zone $binary_remote_addr a:10m;
H limit_conn_status 200;
H limit_conn_log_level foo;
H limit_req burst=5;
H limit_req_status 700;
H limit_zone a $host 5m;
H proxy_cache_path /tmp/c;
H proxy_cache_path /tmp/c keys_zone=a;
H proxy_cache_path /tmp/c keys_zone=a:x;
H proxy_cache_path /tmp/c keys_zone=a:1k;
H proxy_cache_valid 200 x;
H proxy_cache_valid 99 1m;
H proxy_cache_valid 600 1m;
H proxy_cache_methods POST PUT;
H proxy_cache_use_stale foo;
H proxy_cache_min_uses x;
H proxy_cache_key a b;
H proxy_cache_revalidate x;
H proxy_http_version 2;
H proxy_next_upstream error foo;
H proxy_next_upstream_tries x;
H proxy_redirect default;
L proxy_redirect default;
H proxy_redirect a;
H proxy_redirect ~( b;
H proxy_set_header X;
H proxy_set_header X Y Z;
H proxy_hide_header X Y;
H proxy_ignore_headers Foo;
H proxy_cookie_domain a;
H proxy_cookie_path ~( b;
H proxy_bind foo;
H proxy_bind 127.0.0.1 foo;
H proxy_ssl_protocols TLSv1.5;
H proxy_ssl_verify_depth x;
H proxy_store_access foo:rw;
H proxy_store_access user:x;
H proxy_connect_timeout 75x;
H fastcgi_param X;
H fastcgi_param X Y foo;
H fastcgi_next_upstream http_502;
H uwsgi_modifier1 256;
H memcached_gzip_flag x;
H client_body_in_file_only maybe;
H ssl_session_cache shared:SSL;
H ssl_session_cache shared:SSL:x;
H ssl_session_cache shared:SSL:1k;
H ssl_session_timeout 1x;
H ssl_buffer_size x;
H ssl_verify_client yes;
H ssl_verify_depth x;
H auth_basic a b;
H auth_request_set a b;
H auth_request_set $host b;
H allow 1.2.3;
H allow 1.2.3.4/33;
H deny all all;
H deny foo;
H set_real_ip_from foo;
H sub_filter a;
H sub_filter "" b;
H sub_filter_last_modified x;
H ssi_value_length x;
H autoindex_format txt;
H random_index on;
H referer_hash_max_size 2;
H valid_referers none;
H userid v2;
H userid_expires 5x;
H userid_mark letter;
H userid_mark aa;
H userid_service x;
H userid_flags foo;
H dav_methods FOO;
H dav_access x:y;
H min_delete_depth x;
H slice x;
H keyval_zone zone=a:1m;
H js_import a.js;
H perl_modules x;
H image_filter_buffer 1m;
H http2_max_concurrent_streams x;
H http2 on;
H http3 on;
H modern_browser foo 5;
H modern_browser msie x;
H upstream b { }
H upstream { server 127.0.0.1; }
H upstream b b { server 127.0.0.1; }
H stub_status;
H server_name a;
H listen 80;
U listen 80;
H if ($host) { }
S if ($host) { root /a; }
H rewrite a b;
H return 200;
H set $a b;
H proxy_pass http://a;
S proxy_pass http://127.0.0.1;
H try_files a b;
H alias /a;
S alias /a;
H internal;
S internal;
H limit_except GET { }
S limit_except GET { deny all; }
H break;
H server a { }
U server;
S server_name;
S server_name *a;
S server_name *;
S server_names_hash_max_size 5;
S return;
S return 200 a b;
S return /a;
S rewrite a;
S rewrite a b break redirect;
S rewrite a b c;
S set $a;
S set $a b c;
S set a b;
S if ($host == a) { return 204; }
S if ($host ~^ a) { }
S break a;
S location { }
S location / / / { }
S try_files a;
S try_files =404;
S try_files $uri =4x4;
S client_max_body_size 5m; client_max_body_size 6m;
S fastcgi_pass unix:/a;
S charset utf8 utf16;
S disable_symlinks from=/a;
S disable_symlinks foo;
S open_file_cache_errors x;
S log_subrequest 1;
S max_ranges x;
S types_hash_bucket_size x;
L alias /b; root /c;
L proxy_pass http://;
L proxy_pass ftp://a;
L fastcgi_pass 127.0.0.1;
L fastcgi_pass localhost;
L fastcgi_split_path_info (;
L uwsgi_pass 127.0.0.1;
L grpc_pass 127.0.0.1;
L memcached_pass 127.0.0.1;
L internal; internal;
L internal on;
L limit_except FOO { deny all; }
L limit_except { }
L stub_status a b;
L empty_gif x;
L mp4_buffer_size 1x;
L valid_referers;
L valid_referers ~(;
L valid_referers *.a.*;
L perl a;
L upstream_conf;
L status;
L health_check;
L js_content a;
L auth_request /x y;
L image_filter off;
L xslt_stylesheet x;
L lingering_time 5x;
L expires 1h; expires 2h;
L proxy_cookie_domain ~( b;
L proxy_cache_key "$host";proxy_cache_key a;
L proxy_store on; proxy_store off;
L random_index x;
L concat on;
L more_set_headers a;
L limit_rate_after x;
U ip_hash; server 127.0.0.1 backup; server 127.0.0.2;
U ip_hash x; server 127.0.0.1;
U hash $host foo; server 127.0.0.1;
U hash; server 127.0.0.1;
U random one; server 127.0.0.1;
U random two foo; server 127.0.0.1;
U keepalive 0; server 127.0.0.1;
U keepalive x; server 127.0.0.1;
U keepalive 5; keepalive 6; server 127.0.0.1;
U zone a 1k; server 127.0.0.1;
U zone a x; server 127.0.0.1;
U zone; server 127.0.0.1;
U zone "" 64k; server 127.0.0.1;
U sticky cookie a; server 127.0.0.1;
U fair; server 127.0.0.1;
U queue 5; server 127.0.0.1;
U state /a;
U ntlm; server 127.0.0.1;
)";

constexpr std::string_view kTaken = R"(
M worker_processes 0;
M worker_cpu_affinity auto;
M worker_processes 2; worker_cpu_affinity 01 10;
M worker_cpu_affinity 01 10;
M worker_rlimit_core 10k;
M worker_priority 30;
M worker_priority -5;
M worker_shutdown_timeout 5s;
M timer_resolution 100ms;
M env FOO=bar;
M lock_file /run/x.lock;
M error_log syslog:server=127.0.0.1 warn;
M error_log syslog:server=127.0.0.1,nohostname;
M thread_pool p threads=32;
M thread_pool p threads=2 foo;
M user nobody nogroup;
M master_process on;
M working_directory /tmp;
M pcre_jit on;
M debug_points abort;
E use epoll;
E multi_accept on;
E accept_mutex off;
E accept_mutex_delay 500ms;
E debug_connection 127.0.0.1;
E debug_connection 10.0.0.0/8;
E worker_aio_requests 5;
H sendfile_max_chunk 5k;
H keepalive_timeout 65 60;
H keepalive_disable none;
H keepalive_time 1h;
H client_max_body_size 0;
H client_header_buffer_size 1k;
H large_client_header_buffers 4 8k;
H output_buffers 1 32k;
H server_tokens on;
H server_tokens build;
H types_hash_max_size 2048;
H types_hash_bucket_size 64;
H types_hash_max_size 0;
H server_names_hash_bucket_size 32;
H server_names_hash_bucket_size 30;
H server_names_hash_max_size 512;
H variables_hash_max_size 1;
H default_type text/html;
H types { text/html html; text/html; }
H types { text/html htm; text/plain htm; }
H index a b c;
H index a /b;
H root "";
H log_format x y;
H log_format x escape=json $host;
H access_log off;
H access_log syslog:server=127.0.0.1 combined;
H open_log_file_cache off;
H open_log_file_cache max=10;
H open_file_cache off;
H open_file_cache max=10 inactive=20s;
H open_file_cache_valid 30s;
H gzip_types text/plain text/plain;
H gzip_types *;
H gzip_comp_level 9;
H gzip_min_length 1k;
H gzip_proxied any;
H gzip_proxied any expired;
H gzip_http_version 1.0;
H gzip_disable msie6;
H gzip_disable "MSIE [1-6]\.";
H gzip_buffers 16 8k;
H gzip_static always;
H gunzip on;
H charset utf-8;
H charset off;
H charset_types text/html;
H override_charset on;
H source_charset koi8-r;
H source_charset koi8-r; charset utf-8;
H charset_map a b { 80 E2; }
H add_header X Y always;
H expires max;
H expires off;
H etag off;
H if_modified_since before;
H ignore_invalid_headers on;
H underscores_in_headers on;
H merge_slashes off;
H server_name_in_redirect on;
H port_in_redirect off;
H absolute_redirect off;
H chunked_transfer_encoding on;
H resolver 127.0.0.1;
H resolver 127.0.0.1 valid=30s;
H reset_timedout_connection on;
H send_timeout 5;
H satisfy any;
H limit_rate 5k;
H limit_rate $host;
H limit_rate_after 5m;
H lingering_close always;
H msie_padding on;
H read_ahead 5k;
H request_pool_size 4k;
H connection_pool_size 256;
H post_action off;
H postpone_output 1460;
H directio 4m;
H directio off;
H directio_alignment 512;
H aio threads;
H aio off;
H error_page 404 /a;
H error_page 404 = ;
H recursive_error_pages on;
H map $host $x { default 0; a 1; }
H map host $x { a b; }
H map_hash_bucket_size 64;
H geo $x { default 0; 10.0.0.0/8 1; }
H geo $remote_addr $x { default 0; }
H split_clients $host $x { 50% a; * b; }
H split_clients $host $x { 50% a b; }
H limit_req_zone $binary_remote_addr zone=a:10m rate=1r/s;
H limit_req_zone $binary_remote_addr zone=a:10m rate=30r/m;
H limit_conn_zone $binary_remote_addr zone=a:10m;
H limit_conn_zone $host zone=a:1m; limit_conn a 5;
H limit_conn_status 503;
H limit_req_log_level error;
H limit_req zone=z; limit_req_zone $host zone=z:1m rate=1r/s;
H proxy_cache $host;
H proxy_cache off;
H proxy_cache_valid 200 10m;
H proxy_cache_valid 10m;
H proxy_cache_methods GET;
H proxy_cache_use_stale error timeout;
H proxy_cache_use_stale off error;
H proxy_cache_bypass $host;
H proxy_cache_key $host$uri;
H proxy_cache_lock on;
H proxy_cache_max_range_offset 5m;
H proxy_cache_background_update on;
H proxy_buffer_size 4k;
H proxy_buffer_size 0;
H proxy_buffers 8 4k;
H proxy_buffers 1 4k;
H proxy_busy_buffers_size 8k;
H proxy_busy_buffers_size 1k;
H proxy_max_temp_file_size 1k;
H proxy_max_temp_file_size 0;
H proxy_temp_file_write_size 1k;
H fastcgi_buffers 8 4k;
H fastcgi_buffers 16 16k;
H fastcgi_buffer_size 32k;
H fastcgi_busy_buffers_size 1k;
H proxy_http_version 1.1;
H proxy_method POST;
H proxy_next_upstream error timeout;
H proxy_redirect off;
H proxy_redirect a b;
H proxy_set_header X Y;
H proxy_set_header X $nosuch;
H proxy_pass_header X;
H proxy_ignore_headers Vary;
H proxy_cookie_domain off;
H proxy_cookie_domain a b;
H proxy_cookie_path / /a;
H proxy_cookie_path off;
H proxy_cookie_flags one httponly;
H proxy_cookie_flags one foo;
H proxy_bind 127.0.0.1;
H proxy_bind off;
H proxy_ssl_protocols TLSv1.2;
H proxy_ssl_verify on;
H proxy_ssl_ciphers FOO;
H proxy_ssl_name $host;
H proxy_store on;
H proxy_store_access user:rw;
H proxy_store_access user:rw group:rw all:r;
H proxy_connect_timeout 75s;
H proxy_headers_hash_max_size 512;
H proxy_headers_hash_bucket_size 30;
H proxy_limit_rate 5k;
H proxy_socket_keepalive on;
H proxy_force_ranges on;
H fastcgi_param X Y;
H fastcgi_param X Y if_not_empty;
H fastcgi_index index.php;
H fastcgi_split_path_info ^(.+\.php)(/.+)$;
H fastcgi_keep_conn on;
H fastcgi_catch_stderr x;
H fastcgi_next_upstream http_500;
H uwsgi_param X Y;
H scgi_param X Y;
H uwsgi_modifier1 5;
H client_body_in_file_only clean;
H ssl_protocols TLSv1.2 TLSv1.3;
H ssl_protocols TLSv1.2 TLSv1.2;
H ssl_ciphers HIGH:!aNULL;
H ssl_ciphers FOO;
H ssl_prefer_server_ciphers on;
H ssl_session_cache shared:SSL:10m;
H ssl_session_cache builtin:1000 shared:SSL:10m;
H ssl_session_timeout 1d;
H ssl_session_tickets off;
H ssl_ecdh_curve auto;
H ssl_ecdh_curve X25519:prime256v1;
H ssl_buffer_size 4k;
H ssl_stapling on;
H ssl_stapling_verify on;
H ssl_stapling_responder http://a/;
H ssl_stapling_responder https://a/;
H ssl_verify_client on;
H ssl_verify_client optional_no_ca;
H ssl_verify_depth 5;
H ssl_early_data on;
H ssl_conf_command Options PrioritizeChaCha;
H ssl_conf_command Foo Bar;
H ssl_reject_handshake on;
H ssl on;
H ssl off;
H ssl_certificate_key a.key;
H auth_basic "x";
H auth_basic off;
H auth_basic_user_file x;
H auth_request off;
H auth_request /a;
H auth_request_set $a $upstream_http_x;
H allow all;
H allow 1.2.3.4;
H set_real_ip_from 10.0.0.0/8;
H set_real_ip_from unix:;
H real_ip_header X-Real-IP;
H real_ip_header proxy_protocol;
H real_ip_recursive on;
H sub_filter a b;
H sub_filter_once off;
H sub_filter_types text/css;
H ssi on;
H ssi_types text/html;
H autoindex on;
H autoindex_format xml;
H secure_link $arg_x;
H userid on;
H userid_expires max;
H userid_expires 1d;
H userid_p3p none;
H userid_mark a;
H userid_mark =;
H userid_service 5;
H userid_domain none;
H userid_path /;
H userid_flags secure;
H mirror /m;
H mirror off;
H mirror_request_body on;
H dav_methods PUT;
H dav_methods put;
H dav_access user:rw group:r;
H create_full_put_path on;
H slice 1m;
H http2_max_field_size 4k;
H http2_max_requests 5;
H http2_push_preload on;
H http2_chunk_size 8k;
H http2_recv_buffer_size 1k;
H http2_recv_buffer_size 256k;
H modern_browser msie 5;
H modern_browser unlisted;
H ancient_browser links;
H ancient_browser_value 1;
H upstream b { server 127.0.0.1 down; }
S server_name a b;
S server_name "";
S listen 8098;
S listen localhost:8097;
S root /a;
S return 200;
S return 200 a;
S rewrite a b;
S rewrite a b last;
S rewrite_log on;
S uninitialized_variable_warn off;
S set $a b;
S set $args b;
S if ($host) { return 204; }
S if ($host = a) { return 204; }
S break;
S location / { }
S location = /a { }
S try_files a b;
S try_files $uri $uri/ =404;
S ssl_certificate $host.pem; ssl_certificate_key $host.key;
S satisfy all;
S autoindex on;
S gzip on;
S disable_symlinks on;
S disable_symlinks if_not_owner from=/a;
S log_not_found off;
S tcp_nodelay on;
L alias /b/;
L alias "";
L proxy_pass http://127.0.0.1;
L proxy_pass http://127.0.0.1/;
L fastcgi_pass 127.0.0.1:9000;
L fastcgi_pass unix:/a.sock;
L fastcgi_split_path_info ^(.+\.php)(/.+)$;
L fastcgi_index $host;
L uwsgi_pass 127.0.0.1:1;
L uwsgi_pass unix:///run/a.sock;
L scgi_pass 127.0.0.1:1;
L grpc_pass grpc://127.0.0.1:5;
L grpc_pass grpcs://127.0.0.1:1;
L limit_except GET { deny all; }
L limit_except GET POST { allow all; deny all; }
L stub_status;
L stub_status on;
L empty_gif;
L flv;
L mp4;
L mp4_start_key_frame on;
L valid_referers none blocked a.b *.a ~a;
L valid_referers a/b;
L secure_link_secret x;
L post_action @x;
L default_type "";
L proxy_method $host;
U server 127.0.0.1;
U server 127.0.0.1 weight=2;
U ip_hash; server 127.0.0.1;
U least_conn; server 127.0.0.1;
U hash $host; server 127.0.0.1;
U hash $host consistent; server 127.0.0.1;
U random; server 127.0.0.1;
U random two; server 127.0.0.1;
U least_conn; ip_hash; server 127.0.0.1;
U keepalive 5; server 127.0.0.1;
U keepalive 5; least_conn; server 127.0.0.1;
U keepalive_timeout 5s; server 127.0.0.1;
U zone a 64k; server 127.0.0.1;
)";

std::string configuration(char where, std::string_view statement) {
  static const std::map<char, std::pair<std::string, std::string>> kAround{
      {'M', {"events { }\n", "\n"}},
      {'E', {"events {\n", "\n}\n"}},
      {'H', {"events { }\nhttp {\n", "\n}\n"}},
      {'S', {"events { }\nhttp {\nserver {\nlisten 8099;\n", "\n}\n}\n"}},
      {'L', {"events { }\nhttp {\nserver {\nlisten 8099;\nlocation /a/ {\n", "\n}\n}\n}\n"}},
      {'U', {"events { }\nhttp {\nupstream b {\n", "\n}\n}\n"}},
  };
  const auto& [before, after] = kAround.at(where);
  return before + std::string(statement) + after;
}

std::vector<std::string> lines_of(std::string_view text, char where) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (end > 2 && text[0] == where) lines.emplace_back(text.substr(2, end - 2));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

class NginxValues : public testing::TestWithParam<char> {};

TEST_P(NginxValues, RefusedAlike) {
  for (const auto& statement : lines_of(kRefused, GetParam())) {
    const test::TempDir directory;
    const auto path = directory.write("nginx.conf", configuration(GetParam(), statement));
    const auto truth = test::nginx_says(path);
    const auto findings = test::audit(path, "nginx", {"access", "privilege"});
    std::string told;
    for (const auto& one : findings)
      told += "  " + std::to_string(one.line) + " " + one.severity + " " + one.message + "\n";
    EXPECT_TRUE(truth.refused) << statement;
    EXPECT_TRUE(std::ranges::any_of(findings,
                                    [&](const auto& one) {
                                      return one.severity == "error" && one.line == truth.line &&
                                             one.message.find(truth.message) != std::string::npos;
                                    }))
        << statement << "\nnginx: " << truth.line << " " << truth.message << "\nhere:\n"
        << told;
  }
}

TEST_P(NginxValues, TakenAlike) {
  for (const auto& statement : lines_of(kTaken, GetParam())) {
    const test::TempDir directory;
    const auto path = directory.write("nginx.conf", configuration(GetParam(), statement));
    const auto truth = test::nginx_says(path);
    EXPECT_FALSE(truth.refused) << statement << ": " << truth.message;
    for (const auto& one : test::audit(path, "nginx", {"access", "privilege", "exposure"}))
      EXPECT_TRUE(one.severity != "error" || one.rule.find("missing") != std::string::npos)
          << statement << "\n"
          << one.line << " " << one.rule << ": " << one.message;
  }
}

INSTANTIATE_TEST_SUITE_P(In, NginxValues, testing::Values('M', 'E', 'H', 'S', 'L', 'U'),
                         [](const auto& test) { return std::string(1, test.param); });

}  // namespace
}  // namespace stackaudit
