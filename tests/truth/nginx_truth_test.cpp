// Small configurations asked of nginx itself: what it refuses must be an error here, in its words
// and at its line, and what it takes must be none. `line` and `words` say where the two are meant
// to differ: nginx names the place where it noticed, this the place that is to be mended.
#include "support/audit.hpp"
#include "support/nginx_says.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stackaudit {
namespace {

struct Question {
  std::string name;
  std::string text;  // without pid and error_log; @ is the directory of the file
  std::int64_t line = 0;
  std::string words{};  // ours, where nginx's are a system call
};

std::string in_http(const std::string& text) {
  return "events { }\nhttp {\n" + text + "\n}\n";
}

// One more letter than a bucket of 64 bytes holds, and as many as it holds.
const std::string kLong(47, 'a');
const std::string kFits(46, 'a');

const std::vector<Question>& questions() {
  static const std::vector<Question> list{
      {"Empty", ""},
      {"EventsAlone", "events { }\n"},
      {"CarriageReturns", "events {\r\n}\r\nhttp {\r\n server {\r\n listen 8099;\r\n }\r\n}\r\n"},
      {"OnOffInCapitals", in_http("gzip On; sendfile OFF;")},
      {"TimesAndSizes", in_http("keepalive_timeout 1m 30s; client_max_body_size 2g;\n"
                                "client_body_timeout 500ms; client_header_buffer_size 2K;")},
      {"QuotesAndBraces", in_http("map $http_upgrade $up { default a; '' \"b;{\"; }\n"
                                  "server { listen 8099; if ($host = \"a}\") { return 204; }\n"
                                  "location ~ \"^/x{2}$\" { set $a ${up}x; } }")},
      {"SemicolonSwallowedByServerName",
       in_http("server { listen 8099; server_name a\n root /srv; }")},
      {"Upstream", in_http("upstream back { server 127.0.0.1:81 backup; server localhost:82; }\n"
                           "server { listen 8099; location / { proxy_pass http://back/x; } }")},
      {"ProxyWithVariables", in_http("server { listen 8099; location / { set $to nowhere;\n"
                                     "resolver 127.0.0.1; proxy_pass http://$to; } }")},
      {"GlobWithoutMatch", in_http("include @/none.d/*.conf;")},
      {"SharedListen", in_http("server { listen 8099 default_server; }\nserver { listen 8099; }")},
      {"AddressBesideWildcard", in_http("server { listen 8099; listen 127.0.0.1:8099; }")},
      {"Types", in_http("types { text/x-a a; }\ndefault_type text/x-b;")},
      {"NamedCapture", in_http("server { listen 8099; server_name ~^(?<sub>.+)\\.a$;\n"
                               "root /usr/$sub; }")},
      {"LimitsAndZones", in_http("limit_req_zone $binary_remote_addr zone=z:1m rate=1r/s;\n"
                                 "server { listen 8099; limit_req zone=z; }")},
      {"NoEvents", "http { }\n"},
      {"SwallowedLine", in_http("server {\n root /usr\n index a.html;\n}"), 4},
      {"SwallowedBlock", in_http("server {\n root /usr\n location / { }\n}"), 4},
      {"MissingBeforeBrace", in_http("server {\n listen 8099\n}"), 4},
      {"MissingAtTheEnd", "events { }\nuser root", 2},
      {"ExtraBrace", "events { }\n}\nuser root;\n"},
      {"MissingBrace", in_http("server {\n listen 8099;"), 6},
      {"StrayBrace", "events { }\n{ }\n"},
      {"StraySemicolon", "events { }\n;\n"},
      {"OpenQuote", in_http("server {\n index \"a;\n root \"/b\";\n}"), 4, "missing terminating"},
      {"AfterQuote", in_http("index \"a\"b;")},
      {"LongComment", "events { }\n#" + std::string(5000, 'x') + "\n"},
      {"ByteOrderMark",
       "\xef\xbb\xbf"
       "events { }\n"},
      {"TypographicQuotes",
       in_http("server { listen 8099;\nlocation ~ \xe2\x80\x9c^/a[0-9]{4}$\xe2\x80\x9d {\n"
               "return 204; }\n}")},
      {"UnknownDirective", in_http("sendfil on;")},
      {"WrongPlace", in_http("server {\n worker_processes 1;\n}")},
      {"DirectiveOfNewerVersion", in_http("http2 on;")},
      {"ModuleNotLoaded", "events { }\nstream { }\n"},
      {"TooManyArguments", in_http("root /a /b;")},
      {"NoArguments", in_http("index;")},
      {"BlockMissing", "events;\n"},
      {"BlockTooMuch", in_http("root /a { }")},
      {"Number", "events {\n worker_connections 1O24;\n}\n"},
      {"SlotNumber", in_http("types_hash_max_size 2k48;")},
      {"NumberBounds", in_http("gzip_comp_level 10;")},
      {"Size", in_http("client_max_body_size 10mb;")},
      {"Time", in_http("client_body_timeout 1x;")},
      {"KeepaliveTimeout", in_http("keepalive_timeout 1x;")},
      {"Flag", in_http("gzip yes;")},
      {"Words", in_http("ssl_protocols TLS1.2;")},
      {"Enumeration", in_http("server { listen 8099; satisfy both; }")},
      {"Buffers", in_http("gzip_buffers 0 4k;")},
      {"Processes", "worker_processes many;\nevents { }\n"},
      {"TwiceInOneBlock", in_http("gzip on;\ngzip off;")},
      {"TwoRoots", in_http("server {\n root /a;\n root /b;\n}")},
      {"SameLocationTwice", in_http("server { listen 8099;\nlocation /a { }\nlocation /a { }\n}")},
      {"LocationModifier", in_http("server { listen 8099;\nlocation ! /a { }\n}")},
      {"ListenTwice", in_http("server {\n listen 8099;\n listen *:8099;\n}")},
      {"TwoDefaultServers", in_http("server { listen 8099 default_server; }\n"
                                    "server { listen 8099 default_server; }")},
      {"ListenOptionsTwice", in_http("server { listen 8099 backlog=5; }\n"
                                     "server { listen 8099 reuseport; }")},
      {"ListenPort", in_http("server { listen 99999; }")},
      {"ListenParameter", in_http("server { listen 8099 defaultserver; }")},
      {"ListenHost", in_http("server { listen 80a; }"), 0, "host not found"},
      {"ListenInNoDirectory", in_http("server {\n listen unix:@/none.d/http.sock;\n}"), 4,
       "does not exist"},
      {"ListenInDirectory", in_http("server { listen unix:@/http.sock; }")},
      {"TlsWithoutCertificate", in_http("server { listen 8099 ssl; }")},
      {"CertificateWithoutKey", in_http("server { listen 8099 ssl; ssl_certificate @/a.pem; }"), 3,
       "does not exist"},
      {"TwoCertificatesOneKey",
       in_http("server { listen 8099 ssl; ssl_certificate @/a.pem;\nssl_certificate @/b.pem;\n"
               "ssl_certificate_key @/a.key; }"),
       4},
      {"CertificateOfHttpWithoutKey", in_http("ssl_certificate @/a.pem;\nserver { listen 8099; }"),
       3},
      {"UnknownUpstream",
       in_http("server { listen 8099;\nlocation / { proxy_pass http://nowhere; }\n}")},
      {"UpstreamWithPort", in_http("upstream b { server 127.0.0.1; }\nserver { listen 8099;\n"
                                   "location / { proxy_pass http://b:80; }\n}")},
      {"EmptyUpstream", in_http("upstream b {\n}"), 3},
      {"UpstreamTwice",
       in_http("upstream b { server 127.0.0.1; }\nupstream b { server 127.0.0.1; }")},
      {"NoUrlPrefix", in_http("server { listen 8099;\nlocation / { proxy_pass 127.0.0.1:80; }\n}")},
      {"FastcgiWithoutPort",
       in_http("server { listen 8099;\nlocation / { fastcgi_pass 127.0.0.1; }\n}")},
      {"InvalidPort",
       in_http("server { listen 8099;\nlocation / { fastcgi_pass 127.0.0.1:9x; }\n}")},
      {"UnknownLogFormat", in_http("access_log @/a.log timing;")},
      {"UnknownVariable", in_http("server { listen 8099;\nadd_header X $hostnam;\n}"), 4},
      {"UnknownZone", in_http("server { listen 8099;\nlimit_req zone=z;\n}"), 4},
      {"UnknownCache", in_http("server { listen 8099;\nproxy_cache z;\n}"), 4},
      {"ConditionWithTwoEqualSigns",
       in_http("server { listen 8099;\nif ($host == a) { return 204; }\n}")},
      {"ConditionWithoutParentheses", in_http("server { listen 8099;\nif $host { }\n}")},
      {"Conditions",
       in_http("server { listen 8099; if ( $host ) { return 204; }\n"
               "if (!-f /x) { return 204; } if ($host !~* \"a|b\") { return 403; } }")},
      {"ReturnCode", in_http("server { listen 8099;\nreturn foo;\n}")},
      {"ReturnUrl", in_http("server { listen 8099; return https://a$request_uri; }")},
      {"RewriteFlag", in_http("server { listen 8099;\nrewrite ^/a /b lst;\n}")},
      {"HeaderFlag", in_http("add_header X y alway;")},
      {"AccessRule", in_http("allow 10.0.0.0/8;\nallow 10.0.0.0/33;")},
      {"AccessRules", in_http("allow 10.0.0.0/8; allow ::1; allow unix:; deny all;")},
      {"LogLevel", in_http("error_log stderr wran;")},
      {"ServerParameter", in_http("upstream b {\nserver 127.0.0.1 weigth=2;\n}")},
      {"ErrorPages",
       in_http("error_page 404 =200 /a; error_page 500 502 @b; error_page 403 = /c;")},
      {"ErrorPageCode", in_http("error_page 40 /a;")},
      {"FallbackCode", in_http("server { listen 8099;\ntry_files $uri =4O4;\n}")},
      {"MapParameters", in_http("map $host $x {\n default a;\n b;\n}")},
      {"MapDefaults", in_http("map $host $x {\n default a;\n default b;\n}")},
      {"MapConflict", in_http("map $host $x {\n A a;\n a b;\n}")},
      {"Maps", in_http("map $host $x { hostnames; volatile; default a; .b.c d; ~^x y; ~^x z; }")},
      {"NestedLocation", in_http("server { listen 8099; location /a {\nlocation /b { }\n} }")},
      {"NestedLocations", in_http("server { listen 8099; location /a/ { location /a/b { }\n"
                                  "location ~ x { } } }")},
      {"UriInRegex", in_http("server { listen 8099; location ~ a {\n"
                             "proxy_pass http://127.0.0.1/b;\n} }")},
      {"UriInIf", in_http("server { listen 8099; location /a { if ($host) {\n"
                          "proxy_pass http://127.0.0.1/;\n} } }")},
      {"ZoneWithoutName", in_http("limit_req_zone $host rate=1r/s;")},
      {"MistypedAddress", in_http("server { listen 927.0.0.1:80; }"), 0, "host not found"},
      {"Keepalive", in_http("upstream b { server 127.0.0.1;\nkeepalive O;\n}")},
      {"PlainWordOfTheProgram", in_http("server {\non;\n}")},
      {"GlobInMap", in_http("map $host $a {\ninclude @/none.d/*.conf; }")},
      {"GlobInGeo", in_http("geo $a { default 0;\ninclude @/none.d/*.conf; }"), 4,
       "does not exist"},
      {"MissingInclude", in_http("include @/none.conf;"), 0, "does not exist"},
      {"DirectoryIncluded", in_http("include @;"), 3, "is not a file"},
      {"MissingUser", "user nosuchuser;\nevents { }\n", 0, "getpwnam(\"nosuchuser\") failed"},
      {"MissingGroup", "user root nosuchgroup;\nevents { }\n", 0,
       "getgrnam(\"nosuchgroup\") failed"},
      {"MissingModule", "load_module modules/ngx_none_module.so;\nevents { }\n", 0,
       "does not exist"},
      {"DollarInErrorLog", in_http("error_log @/$host/e.log;"), 3, "does not exist"},
      {"DollarInNameOfErrorLog", in_http("error_log @/$host.log;")},
      {"DollarInTempPath", in_http("proxy_temp_path @/$host/t;"), 3, "does not exist"},
      {"DollarInCachePath", in_http("proxy_cache_path @/$host/t keys_zone=a:1m;"), 3,
       "does not exist"},
      {"DollarInPasswordFile", in_http("ssl_password_file @/$host;"), 3, "does not exist"},
      {"DollarInIncludeOfMap", in_http("map $uri $m {\ninclude @/$nosuch;\n}"), 4,
       "does not exist"},
      {"MissingLogDirectory", in_http("access_log @/none/a.log;"), 3, "does not exist"},
      {"NoConnections", "events {\n worker_connections 0;\n}\nhttp { server { listen 8099; } }", 2},
      {"NoConnectionsNorSockets", "events {\n worker_connections 0;\n}\n", 2},
      {"VariableOfIndex", in_http("server { listen 8099;\nindex a.$nosuch;\n}"), 4},
      {"VariableOfCharset", in_http("server { listen 8099;\nsource_charset $nosuch;\n}"), 4},
      {"VariableOfCertificate",
       in_http("server { listen 8099;\nssl_certificate $nosuch; "
               "ssl_certificate_key $host;\n}"),
       4},
      {"VariableOfStore", in_http("server { listen 8099;\nfastcgi_store /a$nosuch;\n}"), 4},
      {"VariableOfCookies", in_http("server { listen 8099;\nproxy_cookie_flags $nosuch secure;\n}"),
       4},
      {"VariableOfClientKey",
       in_http("server { listen 8099;\nproxy_ssl_certificate_key "
               "$nosuch; proxy_ssl_certificate a;\n}"),
       4},
      {"ReferersOfNobody", in_http("server { listen 8099;\nvalid_referers none blocked;\n}"), 4},
      {"CaptureAsCondition",
       in_http("server { listen 8099; location ~ (a) {\nif ($1) { return 204; } } }"), 4},
      {"CaptureComparedAsCondition",
       in_http("server { listen 8099; location ~ (a) {\nif ( $1 = a ) { return 204; } } }"), 4},
      {"CaptureInRedirect", in_http("server { listen 8099; location ~ (a) { return 302 /$1; } }")},
      {"NoKeyOfMemcached",
       in_http("server { listen 8099; location / {\nmemcached_pass 127.0.0.1:11211; } }"), 4},
      {"KeyOfMemcached", in_http("server { listen 8099; location / { set $memcached_key x;\n"
                                 "memcached_pass 127.0.0.1:11211; } }")},
      {"CiphersBesidePlainProxy",
       in_http("server { listen 8099; location / { proxy_ssl_ciphers FOO;\n"
               "proxy_pass http://127.0.0.1; } }")},
      {"CiphersOfProxy",
       in_http("server { listen 8099; location / {\nproxy_ssl_ciphers FOO;\n"
               "proxy_pass https://127.0.0.1; } }"),
       4},
      {"FewConnections",
       "events {\n worker_connections 2;\n}\nhttp { server { listen 8099; listen 8098; } }", 2},
      {"ConnectionsOfCoveredSockets",
       "events { worker_connections 2; }\nhttp { server { listen 8099; listen 127.0.0.1:8099; } }"},
      {"LongName",
       in_http("server { listen 8099; }\nserver { listen 8099;\nserver_name " + kLong + ";\n}"), 5},
      {"NameThatFits",
       in_http("server { listen 8099; }\nserver { listen 8099; server_name " + kFits + "; }")},
      {"LongNameAlone", in_http("server { listen 8099; server_name " + kLong + "; }")},
      {"LongNameOfAnotherAddress",
       in_http("server { listen 8099; }\nserver { listen 8098; server_name " + kLong + "; }")},
      {"LongNameBesideCapture",
       in_http("server { listen 8099;\nserver_name ~^(a)b " + kLong + ";\n}"), 4},
      {"LongLabel",
       in_http("server { listen 8099; }\nserver { listen 8099;\nserver_name *." + kLong +
               ".net;\n}"),
       5},
      {"ShortLabels", in_http("server { listen 8099; }\nserver { listen 8099; server_name ." +
                              kFits + ".a.net; }")},
      {"ModuleIsAText", "load_module @/nginx.conf;\nevents { }\n# " + std::string(60, 'x') + "\n"},
      {"ModuleIsTooShort", "load_module @/nginx.conf;\nevents { }\n"},
      {"BusyByDefault", in_http("server { listen 8099;\nproxy_buffer_size 128k;\n}"), 4},
      {"BusyByDefaultOfHttp", in_http("fastcgi_buffer_size 16k;\nserver { listen 8099; }"), 3},
      {"BusyOverriddenInAllServers",
       in_http("proxy_buffer_size 16k; server { listen 8099; proxy_buffers 8 16k; }")},
      {"BusyTooLarge",
       in_http("server { listen 8099; location / {\nproxy_buffers 4 4k;\n"
               "proxy_busy_buffers_size 64k; } }"),
       5},
      {"BusyTooSmall", in_http("server { listen 8099;\nscgi_busy_buffers_size 2k; }"), 4},
      {"OneBuffer", in_http("server { listen 8099;\nuwsgi_buffers 1 4k; }"), 4},
      {"WriteTooSmall", in_http("server { listen 8099;\nproxy_temp_file_write_size 1k; }"), 4},
      {"FileTooSmall", in_http("server { listen 8099;\nproxy_max_temp_file_size 1k; }"), 4},
      {"NoFile", in_http("server { listen 8099; proxy_max_temp_file_size 0; }")},
      {"LargeBuffers", in_http("server { listen 8099; proxy_buffer_size 128k;\n"
                               "proxy_buffers 4 256k; proxy_busy_buffers_size 256k; }")},
      {"NoBuffersOfHttp", in_http("server { listen 8099; proxy_buffer_size 4k; }")},
      {"LinkLocal", in_http("server {\nlisten [fe80::1]:8099;\n}"), 4, "Invalid argument"},
      {"LinkLocalBehindAWildcard",
       in_http("server { listen [::]:8099; } server { listen [fe80::1]:8099; }")},
      {"LinkLocalBesideAWildcard",
       in_http("server { listen [::]:8099; } server {\nlisten [fe80::1]:8099 bind;\n}"), 4,
       "Invalid argument"},
      {"SslMaybe", in_http("server { listen 8099;\nssl maybe;\n}")},
      {"SslOff", in_http("server { listen 8099; ssl off; }")},
      {"SslTwice", in_http("server { listen 8099; ssl off;\nssl off; }")},
      {"SslOnWithoutCertificate", in_http("server { listen 8099;\nssl on; }"), 4},
      {"ListenOfATemplate", in_http("server {\nlisten ${PORT};\n}")},
      {"ServerOfATemplate", in_http("upstream b {\nserver ${HOST}:80;\n}"), 0, "host not found"},
      {"EmptyLabelAlone", in_http("server { listen 8099; server_name a..b; }")},
      {"EmptyLabelBesideAnother",
       in_http("server { listen 8099; }\nserver { listen 8099;\nserver_name a..b;\n}"), 5,
       "invalid server name or wildcard \"a..b\" on 0.0.0.0:8099"},
      {"EmptyLabelAtAnotherAddress",
       in_http("server { listen 8098; } server { listen 8099; server_name a..b; }")},
      {"StarsAtBothEnds",
       in_http("server { listen [::1]:8099; }\nserver { listen [::1]:8099; server_name *.a.*; }"),
       4, "invalid server name or wildcard \"*.a.*\" on [::1]:8099"},
      {"StarInside",
       in_http("server { listen unix:@/s; }\nserver { listen unix:@/s; server_name a*b; }"), 4,
       "invalid server name or wildcard \"a*b\" on unix:"},
      {"StarInsideBesideACapture", in_http("server { listen 8099; server_name \"~^(x)$\" a*b; }"),
       3, "invalid server name or wildcard \"a*b\" on 0.0.0.0:8099"},
      {"DirectiveInEmptyQuotes", in_http("server { listen 8099;\n\"\";\n}"), 4},
      {"ErrorPageOfNoCode", in_http("server { listen 8099;\nerror_page =503 /a;\n}"), 4},
      {"ErrorPageOfACode", in_http("server { listen 8099; error_page 404 =503 /a; }")},
      {"SocketThatBeginsWithAColon",
       in_http("server { listen 8099; location / { fastcgi_pass unix::/x; } }")},
      {"SocketOfAUrlThatBeginsWithAColon",
       in_http("server { listen 8099; location / {\nproxy_pass http://unix::/x;\n} }"), 4},
      {"NameThatTakesTheCertificate",
       in_http("server {\nlisten 8099 ssl;\nserver_name a\nssl_certificate $host.pem;\n"
               "ssl_certificate_key $host.key; }"),
       4},
      {"NameThatTakesTheRoot", in_http("server { listen 8099; server_name a\nroot /none; }")},
      {"LargeBuckets", in_http("server_names_hash_bucket_size 65;\nserver { listen 8099; }\n"
                               "server { listen 8099; server_name " +
                               kLong + "; }")},
      {"LongKeyOfMap", in_http("map $host $x {\n" + kLong + " 1;\n}"), 4},
      {"KeyOfMapThatFits",
       in_http("map $host $x { " + kFits + " " + kLong + "; \\" + kFits + "x 1; }"), 3},
      {"LongVariable", in_http("server { listen 8099;\nset $" + kLong + " 1;\n}"), 4},
      {"VariableThatFits", in_http("server { listen 8099; set $" + kFits + " 1; }")},
      {"LongHeader", in_http("server { listen 8099;\nproxy_set_header " + kLong + " 1;\n}"), 4},
      {"LongHeaderInLargeBucket", in_http("proxy_headers_hash_bucket_size 128;\n"
                                          "proxy_set_header " +
                                          kLong + " 1; server { listen 8099; }")},
      {"LongReferer", in_http("server { listen 8099;\nvalid_referers " + kLong + ";\n}"), 4},
      {"LongType", in_http("types {\ntext/x " + kLong + ";\n}\nserver { listen 8099; }"), 4},
      {"TwoSecureLinks",
       in_http(
           "server { listen 8099;\nlocation / { secure_link $arg_a; secure_link_secret b; }\n}"),
       4},
      {"SecureLinksInheritedApart",
       in_http(
           "secure_link $arg_a;\nserver { listen 8099; location / { secure_link_secret b; } }")},
      {"MapHashBehindMap", in_http("map $host $a { default 1; }\nmap_hash_bucket_size 128;"), 4,
       "is duplicate"},
      {"MapHashSizeBehindMap", in_http("map $host $a { default 1; }\nmap_hash_max_size 4096;"), 4,
       "is duplicate"},
      {"MapHashBeforeMap", in_http("map_hash_bucket_size 128; map $host $a { default 1; }")},
      {"ZoneWithoutSize", in_http("upstream b {\nzone z;\nserver 127.0.0.1; }"), 4},
      {"ZoneSizedElsewhere", in_http("upstream b { zone z; server 127.0.0.1; }\n"
                                     "upstream c { zone z 64k; server 127.0.0.1; }")},
      {"GluedModifiers", in_http("server { listen 8099; location ^~/x { } location ~\\.php$ { }\n"
                                 "location =/a { } location ~*\\.b$ { } }")},
      {"GluedModifierTwice",
       in_http("server { listen 8099;\nlocation ^~/x { }\nlocation ^~ /x { }\n}")},
      {"TlsOfAnotherServersListen",
       in_http("server { listen 8099; server_name a; }\nserver { listen 8099 ssl; server_name b;\n"
               "ssl_certificate $host.pem; ssl_certificate_key $host.key; }"),
       4, "no \"ssl_certificate\" is defined for the \"listen ... ssl\" directive"},
      {"TlsRefusedByDefault",
       in_http("server { listen 8099 ssl; ssl_reject_handshake on; }\nserver { listen 8099 ssl; "
               "server_name b;\nssl_certificate $host.pem; ssl_certificate_key $host.key; }")},
      {"TrustedProxyByName", in_http("set_real_ip_from localhost;\nset_real_ip_from nobody-here;")},
      {"LogHostByName", in_http("access_log syslog:server=localhost:5514;\n"
                                "access_log syslog:server=nobody-here,nohostname;")},
      {"BackendCertificateWithoutKey",
       in_http("server { listen 8099; location / { proxy_pass https://127.0.0.1;\n"
               "proxy_ssl_certificate a.pem; } }"),
       4},
      {"BackendCertificateOfPlainBackends",
       in_http("proxy_ssl_certificate a.pem; uwsgi_ssl_certificate a.pem; grpc_ssl_verify on;\n"
               "server { listen 8099; location / { proxy_pass http://127.0.0.1; }\n"
               "location /u/ { uwsgi_pass 127.0.0.1:81; } location /g/ { grpc_pass 127.0.0.1:82; "
               "} }")},
      {"BackendCertificateOfAVariable",
       in_http("server { listen 8099; resolver 127.0.0.1; location / {\n"
               "proxy_ssl_certificate a.pem;\nproxy_pass http://$host; } }"),
       4},
      {"BackendCertificateOfUwsgi",
       in_http("server { listen 8099; location / { uwsgi_pass suwsgi://127.0.0.1:81;\n"
               "uwsgi_ssl_certificate a.pem; } }"),
       4},
      {"BackendVerifiedByNobody",
       in_http("server { listen 8099; location / { grpc_pass grpcs://127.0.0.1:81;\n"
               "grpc_ssl_verify on; } }"),
       4},
      {"MissingCertificate",
       in_http("server { listen 8099 ssl;\nssl_certificate @/a.pem;\n"
               "ssl_certificate_key @/a.key; }"),
       4, "does not exist"},
  };
  return list;
}

std::string written(const std::string& text, const std::string& directory) {
  std::string out;
  for (const char ch : text) out += ch == '@' ? directory : std::string(1, ch);
  return out;
}

std::string shown(const std::vector<test::Told>& findings) {
  std::string out;
  for (const auto& one : findings)
    out += "  " + one.path + ":" + std::to_string(one.line) + " " + one.severity + " " + one.rule +
           ": " + one.message + "\n";
  return out;
}

void PrintTo(const Question& question, std::ostream* out) {
  *out << question.name;
}

class NginxTruth : public testing::TestWithParam<Question> {};

TEST_P(NginxTruth, AgreesWithNginx) {
  const auto& question = GetParam();
  const test::TempDir directory;
  const auto text = written(question.text, directory.path().string());
  const auto path = directory.write("nginx.conf", text);
  const auto truth = test::nginx_says(path);
  auto findings = test::audit(path, "nginx", {"access", "privilege"});
  std::erase_if(findings, [](const auto& one) { return one.severity != "error"; });
  const auto context = "asked:\n" + text + "\nnginx: " + truth.message + " (line " +
                       std::to_string(truth.line) + ")\nhere:\n" + shown(findings);
  EXPECT_EQ(truth.refused, !findings.empty()) << context;
  if (!truth.refused) return;
  const auto line = question.line != 0 ? question.line : truth.line;
  const auto& words = question.words.empty() ? truth.message : question.words;
  EXPECT_TRUE(std::ranges::any_of(findings, [&](const auto& one) {
    return one.line == line && one.message.find(words) != std::string::npos;
  })) << context;
}

INSTANTIATE_TEST_SUITE_P(Questions, NginxTruth, testing::ValuesIn(questions()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace stackaudit
