// Apache on trees in memory: each test shows the files and the rows that matter.
#include "stack/apache/apache.hpp"

#include "stack/apache/envvars.hpp"
#include "tree/memory_tree.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

struct World {
  tree::MemoryTree tree;
  text::SourceMap sources;
  facts::Store facts;

  World& file(const std::string& line, std::string_view content) {
    tree.add(line + " 0644 root:root", content);
    return *this;
  }
  void read(const std::string& path = "/etc/apache2/apache2.conf") {
    Survey survey(tree, sources, facts);
    read_apache(survey, Systemd{}, {"apache", path, false});
  }
  [[nodiscard]] std::string problems() const {
    std::string out;
    for (const auto& row : facts.rows<facts::SyntaxProblem>())
      out += std::to_string(row.line.value_or(0)) + " " + row.code + ": " + row.message + "\n";
    return out;
  }
  [[nodiscard]] std::string listeners() const {
    std::string out;
    for (const auto& row : facts.rows<facts::Listener>())
      out += row.as_written + " = " + row.family + " " + row.address + " " +
             std::to_string(row.port.value_or(0)) + (row.on_inet ? " 4" : "") +
             (row.on_inet6 ? " 6" : "") + (row.tls ? " tls" : "") + "\n";
    return out;
  }
  [[nodiscard]] std::string refused() const {
    std::string out;
    for (const auto& row : facts.rows<facts::Access>())
      if (!row.allowed)
        out += row.process + " " + row.operation + " " + row.target + " " + row.error + " at " +
               row.component + "\n";
    return out;
  }
};

constexpr std::string_view kSite =
    "Listen 80\nUser www-data\nGroup www-data\n<VirtualHost *:80>\nDocumentRoot /srv/www\n"
    "</VirtualHost>\n<Directory /srv>\nAllowOverride All\nRequire all granted\n</Directory>\n";

TEST(Apache, WhatTheChildMayNotOpenIsARow) {
  World world;
  world.file("/etc/apache2/apache2.conf", kSite);
  world.tree.add("/srv/www/.htaccess 0600 root:root", "# closed");
  world.tree.add("/srv/www/style.css 0600 root:root", "x");
  world.tree.add("/srv/www/private 0700 root:root dir");
  world.read();
  EXPECT_EQ(world.refused(),
            "apache child read /srv/www/.htaccess EACCES at /srv/www/.htaccess\n"
            "apache child search /srv/www/private EACCES at /srv/www/private\n"
            "apache child read /srv/www/style.css EACCES at /srv/www/style.css\n");
}

TEST(Apache, WhatLiesBehindAnAliasIsContentToo) {
  World world;
  world.file("/etc/apache2/apache2.conf", std::string(kSite) + "Alias /wiki /srv/wiki\n");
  world.tree.add("/srv/www/index.html 0644 root:root", "x");
  world.tree.add("/srv/wiki/.htaccess 0644 root:root", "Optoins None\n");
  world.tree.add("/srv/wiki/data 0700 root:root dir");
  world.read();
  EXPECT_EQ(world.refused(), "apache child search /srv/wiki/data EACCES at /srv/wiki/data\n");
  EXPECT_NE(world.problems().find("1 htaccess-unknown-directive: Invalid command 'Optoins'"),
            std::string::npos)
      << world.problems();
}

TEST(Apache, ModulesThatOthersPublishAreNoMisspeltOnes) {
  World world;
  world.file("/etc/apache2/apache2.conf",
             std::string(kSite) +
                 "LoadModule cgid_module modules/mod_cgid.so\n"
                 "LoadModule security2_module modules/mod_security2.so\n"
                 "<IfModule mod_fcgid.c>\nFcgidIPCDir /tmp\n</IfModule>\n"
                 "<IfModule mod_cgidd.c>\nScriptSock /run/cgid\n</IfModule>\n"
                 "SecDataDir /var/cache/modsecurity\nErorLog /var/log/x.log\n");
  world.tree.add("/etc/apache2/modules/mod_cgid.so 0644 root:root", "");
  world.tree.add("/etc/apache2/modules/mod_security2.so 0644 root:root", "");
  world.read();
  const auto problems = world.problems();
  EXPECT_EQ(problems.find("fcgid.c"), std::string::npos) << problems;
  EXPECT_NE(problems.find("no module is called mod_cgidd.c"), std::string::npos) << problems;
  EXPECT_EQ(problems.find("SecDataDir"), std::string::npos) << problems;
  EXPECT_NE(problems.find("Invalid command 'ErorLog'"), std::string::npos) << problems;
}

// The module's own file says which directives it can have; without it nothing is certain.
TEST(Apache, DirectivesOfAModuleThatNobodyKnows) {
  for (const bool readable : {true, false}) {
    World world;
    world.file("/etc/apache2/apache2.conf", std::string(kSite) +
                                                "LoadModule house_module modules/mod_house.so\n"
                                                "HouseRules on\nGuestList a\n<Guests>\n</Guests>\n"
                                                "Header set A b\n");
    using namespace std::string_view_literals;
    world.tree.add("/etc/apache2/modules/mod_house.so 0644 root:root",
                   readable ? "\177ELF\0InHouseRules\0<Guests\0"sv : ""sv);
    world.read();
    const std::string rest =
        "', perhaps misspelled or defined by a module not included in the server configuration\n";
    const auto problems = world.problems();
    EXPECT_EQ(problems.find("HouseRules"), std::string::npos) << problems;
    EXPECT_EQ(problems.find("Guests"), std::string::npos) << problems;
    EXPECT_EQ(problems.find("13 unknown-directive: Invalid command 'GuestList" + rest) !=
                  std::string::npos,
              readable)
        << problems;
    EXPECT_NE(problems.find("Invalid command 'Header" + rest), std::string::npos) << problems;
  }
}

// What Debian's packages of these modules answered: AH00526 and no start, or 404 and 500.
TEST(Apache, FilesThatPublishedModulesName) {
  World world;
  std::string text(kSite);
  for (const std::string name : {"wsgi", "fcgid", "jk", "security2"}) {
    text += "LoadModule " + name + "_module modules/mod_" + name + ".so\n";
    world.tree.add("/etc/apache2/modules/mod_" + name + ".so 0644 root:root", "");
  }
  world.file(
      "/etc/apache2/apache2.conf",
      text +
          "WSGIScriptAlias /a /srv/a.wsgi\nWSGIScriptAlias /b /srv/b.wsgi\n"
          "FcgidWrapper \"/usr/bin/php-cgi -c /etc\" .php\nJkWorkersFile workers.properties\n"
          "SecAuditLog /var/log/none/audit.log\nWSGIScriptAlais /c /srv/c.wsgi\n");
  world.tree.add("/srv/www 0755 root:root dir");
  world.tree.add("/srv/b.wsgi 0640 root:root", "");  // of a daemon of its own
  world.read();
  std::string found;
  for (const auto& row : world.facts.rows<facts::Reference>())
    if (row.state == "missing") found += row.kind + " " + row.resolved + ": " + row.effect + "\n";
  EXPECT_EQ(found,
            "alias /srv/a.wsgi: HTTP 404\n"
            "program /usr/bin/php-cgi: Apache does not start\n"
            "configuration /etc/apache2/workers.properties: Apache does not start\n"
            "log-directory /var/log/none: Apache does not start\n");
  EXPECT_EQ(world.refused(), "");
  const auto problems = world.problems();
  EXPECT_NE(problems.find("Invalid command 'WSGIScriptAlais'"), std::string::npos) << problems;
}

TEST(Apache, DirectivesOfPublishedModulesThatAreNotLoaded) {
  World world;
  world.file("/etc/apache2/apache2.conf", std::string(kSite) +
                                              "LoadModule alias_module modules/mod_alias.so\n"
                                              "WSGIScriptAlias /a /srv/a.wsgi\n");
  world.tree.add("/etc/apache2/modules/mod_alias.so 0644 root:root", "");
  world.read();
  EXPECT_NE(world.problems().find("module-not-loaded: Invalid command 'WSGIScriptAlias'"),
            std::string::npos)
      << world.problems();
}

TEST(Apache, HtaccessIsReadFromTheDirectoryWhereAllowOverrideIsOn) {
  World world;
  world.file("/etc/apache2/apache2.conf", kSite)
      .file("/.htaccess", "Bogus")
      .file("/srv/.htaccess", "Bogus1")
      .file("/srv/www/a/b/.htaccess", "Bogus2");
  world.read();
  const std::string rest =
      "', perhaps misspelled or defined by a module not included in the server configuration\n";
  EXPECT_EQ(world.problems(), "1 htaccess-unknown-directive: Invalid command 'Bogus1" + rest +
                                  "1 htaccess-unknown-directive: Invalid command 'Bogus2" + rest);
}

TEST(Apache, ListenInAllItsForms) {
  World world;
  world.file("/etc/apache2/apache2.conf",
             "Listen 80\nListen *:81\nListen 0.0.0.0:82\nListen [::]:83\nListen 127.0.0.1:84\n"
             "Listen [::1]:443\nListen localhost:85 https\n");
  world.read();
  EXPECT_EQ(world.listeners(),
            "80 = inet6 * 80 4 6\n*:81 = inet6 * 81 4 6\n0.0.0.0:82 = inet * 82 4\n"
            "[::]:83 = inet6 * 83 4 6\n127.0.0.1:84 = inet 127.0.0.1 84 4\n"
            "[::1]:443 = inet6 ::1 443 6 tls\nlocalhost:85 = inet 127.0.0.1 85 4 tls\n"
            "localhost:85 = inet6 ::1 85 6 tls\n");
}

TEST(Apache, VariablesAreWhatTheyAreWhenTheLineIsRead) {
  World world;
  world.file("/etc/apache2/envvars", "export APACHE_PORT=8080\n")
      .file("/etc/apache2/apache2.conf",
            "Listen ${APACHE_PORT}\nServerName ${LATE}\nDefine LATE x\nServerAdmin ${LATE}\n");
  world.read();
  EXPECT_EQ(world.listeners(), "${APACHE_PORT} = inet6 * 8080 4 6\n");
  EXPECT_EQ(world.problems(), "2 undefined-variable: Config variable ${LATE} is not defined\n");
}

TEST(Apache, WithoutEnvvarsAVariableIsUnknownNotWrong) {
  World world;
  world.file("/etc/apache2/apache2.conf",
             "Listen 80\nErrorLog ${APACHE_LOG_DIR}/error.log\nUser ${APACHE_RUN_USER}\n");
  world.read();
  EXPECT_EQ(world.problems(), "");
  for (const auto& row : world.facts.rows<facts::Reference>()) EXPECT_NE(row.state, "missing");
  EXPECT_FALSE(world.facts.rows<facts::BlindSpot>().empty());
}

constexpr std::string_view kMacros = "Listen 80\nLoadModule macro_module modules/mod_macro.so\n";

TEST(Apache, AMacroSaysWhatItsLinesSayWhereItIsUsed) {
  World world;
  world.file("/etc/apache2/apache2.conf",
             std::string(kMacros) +
                 "<Macro Site $name $port>\nListen $port\n<VirtualHost *:$port>\n"
                 "ServerName $name.$port\n</VirtualHost>\n</Macro>\n"
                 "Use site a 81\nUSE Site \"b\" 82\n");
  world.read();
  EXPECT_EQ(world.problems(), "");
  EXPECT_EQ(world.listeners(), "80 = inet6 * 80 4 6\n81 = inet6 * 81 4 6\n82 = inet6 * 82 4 6\n");
  std::string names;
  for (const auto& row : world.facts.rows<facts::Site>()) names += row.names + ";";
  EXPECT_EQ(names, "a.81;b.82;");
}

TEST(Apache, AProblemInAMacroStandsAtItsLineOrAtTheArgument) {
  World world;
  world.file("/etc/apache2/apache2.conf",
             std::string(kMacros) +
                 "<Macro A $x>\nKeepAlive $x\nKeepAlive maybe\n</Macro>\n\nUse A never\n");
  world.read();
  EXPECT_EQ(world.problems(),
            "8 bad-value: KeepAlive must be On or Off\n5 bad-value: KeepAlive must be On or Off\n");
}

TEST(Apache, MacrosThatHttpdRefuses) {
  World world;
  world.file("/etc/apache2/apache2.conf",
             std::string(kMacros) +
                 "<Macro A $x>\nUse A $x\n</Macro>\nUse A\nUse A 1\nUse Aa 1\n"
                 "<Macro B $y $y>\n</Macro>\nUndefMacro C\n<Macro D>\nKeepAlive On\n");
  world.read();
  EXPECT_EQ(world.problems(),
            "6 wrong-arguments: macro 'a' used with 0 arguments instead of 1\n"
            "4 bad-value: recursive use of macro 'a' is invalid\n"
            "8 bad-value: macro 'aa' undefined\n"
            "9 bad-value: argument name conflict in macro 'b': argument '$y': #1 and #2, change "
            "argument names!\n"
            "11 bad-value: macro 'c' undefined\n"
            "12 parse: contents error: expected token not found: </Macro>\n");
}

TEST(Apache, MacrosThatMultiplyAreNotFollowedToTheEnd) {
  World world;
  std::string text(kMacros);
  for (int i = 0; i < 40; ++i)
    text += "<Macro m" + std::to_string(i) + ">\nUse m" + std::to_string(i + 1) + "\nUse m" +
            std::to_string(i + 1) + "\n</Macro>\n";
  world.file("/etc/apache2/apache2.conf", text + "<Macro m40>\n</Macro>\nUse m0\n");
  world.read();
  EXPECT_FALSE(world.facts.rows<facts::BlindSpot>().empty());
}

TEST(Apache, AnIncludeCycleEnds) {
  World world;
  world.file("/etc/apache2/apache2.conf", "Listen 80\nInclude apache2.conf\n");
  world.read();
  EXPECT_NE(world.problems().find("Exceeded maximum include depth"), std::string::npos);
}

TEST(Apache, ProxiesAreDials) {
  World world;
  world.file("/etc/apache2/apache2.conf",
             "Listen 80\nProxyPass / http://127.0.0.1:3000/app\n"
             "ProxyPass /x unix:/run/x.sock|http://localhost/\n"
             "<FilesMatch \\.php$>\nSetHandler \"proxy:fcgi://[::1]:9000\"\n</FilesMatch>\n");
  world.read();
  std::string dials;
  for (const auto& row : world.facts.rows<facts::Dial>())
    dials += row.purpose + " " + row.scheme + " " + row.family + " " + row.address + row.socket +
             " " + std::to_string(row.port.value_or(0)) + " " + row.url_path + "\n";
  EXPECT_EQ(dials,
            "ProxyPass http inet 127.0.0.1 3000 /app\nProxyPass http unix /run/x.sock 0 /\n"
            "SetHandler fastcgi inet6 ::1 9000 \n");
}

TEST(Apache, TheWorkerIsDecidedByTheLastUser) {
  World world;
  world.file("/etc/apache2/envvars", "APACHE_RUN_USER=www-data\n")
      .file("/etc/apache2/apache2.conf",
            "Listen 80\nUser ${APACHE_RUN_USER}\nGroup www-data\nInclude z.conf\n")
      .file("/etc/apache2/z.conf", "User daemon\n");
  world.read();
  ASSERT_EQ(world.facts.rows<facts::Worker>().size(), 1U);
  const auto& worker = world.facts.rows<facts::Worker>()[0];
  EXPECT_EQ(worker.user + " " + worker.decided_by + " " + worker.path,
            "daemon directive /etc/apache2/z.conf");
}

std::string environment(std::string_view text) {
  World world;
  world.file("/e", text);
  Survey survey(world.tree, world.sources, world.facts);
  apache::Environment values;
  values["APACHE_CONFDIR"] = {"/etc/apache2", true, {}};
  apache::evaluate_envvars(survey, "/e", values);
  std::string out;
  for (const auto& [name, variable] : values)
    if (name != "APACHE_CONFDIR") out += name + "=" + (variable.known ? variable.value : "?") + " ";
  return out;
}

TEST(ApacheEnvvars, DebiansSuffix) {
  EXPECT_EQ(
      environment("if [ \"${APACHE_CONFDIR##/etc/apache2-}\" != \"${APACHE_CONFDIR}\" ] ; then\n"
                  "SUFFIX=\"-${APACHE_CONFDIR##/etc/apache2-}\"\nelse\nSUFFIX=\nfi\n"
                  "export L=/var/log/apache2$SUFFIX/${X:-error}.log\n"),
      "L=/var/log/apache2/error.log SUFFIX= ");
}

TEST(ApacheEnvvars, WhatIsNotFollowedIsUnknown) {
  EXPECT_EQ(environment("A=$(id)\nB=b$A\nif grep -q x /y; then C=1; fi\nunset HOME\nD=d\n"),
            "A=? B=? C=? D=d ");
}

}  // namespace
}  // namespace stackaudit::stack
