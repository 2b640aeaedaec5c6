// What a query may not do, what it may not cost, and what is said about it.
#include "facts/describe.hpp"
#include "support.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace stackaudit::facts {
namespace {

Store many_files(int count) {
  Store facts;
  for (int i = 0; i < count; ++i) {
    File row;
    row.path = fmt::format("/etc/{}", i);
    row.owner = "root";
    row.mode = 0640;
    facts.add(row);
  }
  return facts;
}

std::string error_of(std::string_view sql) {
  const Store facts;
  const auto answer = Database(facts).run(sql);
  if (!answer.error) return "allowed";
  const auto place = answer.error->offset
                         ? fmt::format(" at '{}'", sql.substr(*answer.error->offset, 8))
                         : std::string{};
  const auto help = answer.error->help.empty() ? "" : " (" + answer.error->help + ")";
  return answer.error->message + place + help;
}

TEST(Database, AQueryPreparedWithoutRowsRunsOverThemUntilThereAreMany) {
  SharedTables tables;
  Database database(tables);
  auto few = database.prepare("select path from file where owner = 'www'");
  auto wrong = database.prepare("select owner from fil");
  auto many = database.prepare("select name from directive where name = 'listen'");
  Store facts;
  for (const auto* path : {"/a", "/b"}) {
    File row;
    row.path = path;
    row.owner = "www";
    facts.add(std::move(row));
  }
  for (int i = 0; i < 10'000; ++i) facts.add(Directive{});
  tables.fill(facts);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(dump(database.run(few)), "/a;/b");
  EXPECT_FALSE(few.outgrown());
  EXPECT_TRUE(many.outgrown());
  EXPECT_FALSE(wrong.outgrown());
  EXPECT_EQ(database.run(wrong).error->message, "no such table: fil");
  EXPECT_EQ(database.run(wrong).error->help, "did you mean file?");
}

TEST(Database, RefusesEverythingButSelect) {
  const std::string only = "a query can only SELECT from the fact tables";
  EXPECT_EQ(error_of("attach '/etc/passwd' as x"), only + ", this is ATTACH");
  EXPECT_EQ(error_of("create table t(x)"), only);
  EXPECT_EQ(error_of("create temp view t as select 1"), only);
  EXPECT_EQ(error_of("create virtual table t using json_each"), only);
  EXPECT_EQ(error_of("pragma database_list"), only + ", this is PRAGMA");
  EXPECT_EQ(error_of("delete from file"), "table file may not be modified");
  EXPECT_EQ(error_of("update file set path = ''"), "table file may not be modified");
  EXPECT_EQ(error_of("begin"), only + ", this is a transaction");
  EXPECT_EQ(error_of("savepoint x"), only + ", this is SAVEPOINT");
  EXPECT_EQ(error_of("vacuum into '/tmp/x'"), only + ", this is ATTACH");
  EXPECT_EQ(error_of("drop table file"), only);
}

TEST(Database, ReadsNothingButFacts) {
  const std::string only = "a query can only SELECT from the fact tables";
  EXPECT_EQ(error_of("select * from sqlite_schema"), "the table sqlite_master may not be read");
  EXPECT_EQ(error_of("select count(*) from SQLITE_MASTER"),
            "the table SQLITE_MASTER may not be read at 'SQLITE_M'");
  EXPECT_EQ(error_of("select * from pragma_database_list"), only);
  EXPECT_EQ(error_of("select * from json_each('[1]')"), only);
  EXPECT_EQ(error_of("select count(*) from dbstat"), only);
  EXPECT_EQ(error_of("with t(x) as (values (1)) select count(*) from t"), "allowed");
}

TEST(Database, CallsOnlyListedFunctions) {
  for (const auto* call :
       {"load_extension('x')", "randomblob(9)", "zeroblob(9)", "random()", "printf('%9999999d', 1)",
        "format('%d', 1)", "datetime('now')", "sqlite_version()", "readfile('/etc/passwd')"}) {
    const auto message = error_of(fmt::format("select {}", call));
    EXPECT_TRUE(message.find("may not be called at") != std::string::npos ||
                message.starts_with("no such function"))
        << call << ": " << message;
  }
}

TEST(Database, EveryListedFunctionExists) {
  const Store facts;
  Database database(facts);
  for (const auto* call :
       {"octal(420)", "basename('/a/b')", "dirname('/a/b')", "under('/a/b', '/a')",
        "has_word('a b', 'b')", "upper('a')", "group_concat('a')", "iif(1, 2, 3)", "sign(-3)"})
    EXPECT_FALSE(database.run(fmt::format("select {}", call)).error.has_value()) << call;
}

TEST(Database, SaysWhereAndWhatWasMeant) {
  EXPECT_EQ(error_of("select prot from listener"),
            "no such column: prot at 'prot fro' (did you mean port?)");
  EXPECT_EQ(error_of("select l.adress from listener l"),
            "no such column: l.adress at 'l.adress' (did you mean address?)");
  EXPECT_EQ(error_of("select * from listners"),
            "no such table: listners at 'listners' (did you mean listener?)");
  EXPECT_EQ(error_of("select ocatl(1)"),
            "no such function: ocatl at 'ocatl(1)' (did you mean octal?)");
  EXPECT_EQ(error_of("select path frm file"), "near \"file\": syntax error at 'file'");
}

TEST(Database, TakesOneStatementWithoutParameters) {
  EXPECT_EQ(error_of(""), "the query is empty");
  EXPECT_EQ(error_of("-- nothing"), "the query is empty");
  EXPECT_EQ(error_of("select 1; select 2"), "a query is one statement at 'select 2'");
  EXPECT_EQ(error_of("select 1; -- that is all"), "allowed");
  EXPECT_EQ(error_of("select ?"), "a parameter has no value here at '?'");
  EXPECT_EQ(error_of("select :a"), "a parameter has no value here at ':a'");
  EXPECT_EQ(error_of(std::string_view("select 1\0 2", 11)),
            std::string("the query holds a NUL byte at '") + '\0' + " 2'");
  EXPECT_EQ(error_of("select '" + std::string(100'000, 'x') + "'"), "statement too long");
}

TEST(Database, ABombMeetsTheDeadline) {
  const Store facts;
  Limits limits;
  limits.deadline = std::chrono::milliseconds(50);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(ask(facts,
                "with recursive n(i) as (select 1 union all select i + 1 from n) "
                "select count(*) from n",
                limits),
            "error: the query took longer than 50 ms");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
}

TEST(Database, StepsRowsAndMemoryAreBounded) {
  const auto facts = many_files(300);
  Limits limits;
  limits.steps = 10'000;
  EXPECT_EQ(ask(facts, "select count(*) from file a, file b", limits),
            "error: the query took more than 10000 steps");
  limits = {};
  limits.rows = 10;
  EXPECT_EQ(ask(facts, "select path from file", limits),
            "error: the query gives more than 10 rows");
  EXPECT_EQ(ask(facts,
                "select length(replace(replace(replace(hex(path), '2', hex(path) || "
                "hex(path)), '3', hex(path) || hex(path) || hex(path) || hex(path)), "
                "'2', '12345678901234567890')) > 0 from file limit 1"),
            "1");
}

// UNION keeps every number so far, to tell which are new.
constexpr std::string_view kManyNumbers =
    "with recursive n(i) as (select 1 union select i + 1 from n where i < 200000) "
    "select count(*) from n";

TEST(Database, AQueryBeyondItsMemoryEnds) {
  const Store facts;
  Limits limits;
  limits.memory = 1 << 20;
  EXPECT_EQ(ask(facts, kManyNumbers, limits), "error: the query needs too much memory");
  EXPECT_EQ(ask(facts, kManyNumbers), "200000");
}

TEST(Database, WhatAQueryHeldIsFreeForTheNext) {
  const Store facts;
  Limits limits;
  limits.memory = 1 << 20;
  Database database(facts, nullptr, limits);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(database.run(kManyNumbers).error->message, "the query needs too much memory");
    EXPECT_FALSE(database.run("select count(*) from file").error.has_value());
  }
}

TEST(Database, GrowthOfATextIsBounded) {
  const Store facts;
  std::string text = "'xxxxxxxxxxxxxxxx'";
  for (int i = 0; i < 20; ++i) text = fmt::format("replace({}, 'x', 'xxxxxxxx')", text);
  EXPECT_EQ(ask(facts, "select length(" + text + ")"), "error: string or blob too big");
}

TEST(Database, ANestedScanIsNoSoundPlan) {
  const Store facts;
  Database database(facts);
  const auto judged = [&](std::string_view sql) {
    const auto answer = database.check(sql);
    return answer.error ? answer.error->message : "sound";
  };
  EXPECT_EQ(judged("select f.path from file f join directive d on d.args = f.owner"),
            "all of directive (d) would be read again for each row of f");
  EXPECT_EQ(judged("select path from file where exists (select 1 from worker where worker.pool = "
                   "file.owner)"),
            "all of worker would be read again for each row of file");
  EXPECT_EQ(judged("select * from file, listener"),
            "all of listener would be read again for each row of file");
  EXPECT_EQ(judged("select f.path from file f join directive d on d.path = f.path"), "sound");
  EXPECT_EQ(judged("select path from file where owner in (select user from worker)"), "sound");
  EXPECT_EQ(judged("with few as materialized (select args from directive where name = 'user') "
                   "select f.path from file f join few on few.args = f.owner"),
            "sound");
  EXPECT_EQ(judged("with k(x) as (values ('a'), ('b')) select f.path from k join file f on "
                   "f.owner = k.x"),
            "sound");
  EXPECT_EQ(judged("select path from file union all select path from listener"), "sound");
  EXPECT_EQ(judged("select a.path from listener a join listener b on a.port = b.port and a.path "
                   "<> b.path left join policy_listen p on p.port = a.port where p.port is null"),
            "sound");
  EXPECT_EQ(judged("select d.path from directive d where d.parent = 3 or d.name = 'x'"), "sound");
  EXPECT_EQ(judged("select d.path from file f join directive d on d.path = f.path or d.args = 'x'"),
            "all of directive (d) would be read again for each row of f");
}

TEST(Database, TheHelpForAPlanNamesTheLookupColumns) {
  const Store facts;
  const auto answer =
      Database(facts).check("select f.path from file f join directive d on d.args = f.owner");
  ASSERT_TRUE(answer.error.has_value());
  EXPECT_EQ(answer.error->help,
            "join directive on one of its lookup columns (path, parent, service, name), or, if few "
            "rows are left after a filter, write \"with few as materialized (select ... from "
            "directive where ...)\" and join that");
}

TEST(Database, OurFunctions) {
  const Store facts;
  EXPECT_EQ(ask(facts,
                "select lack('missing', 'file'), lack('dangling', 'file'), lack('wrong-type', "
                "'directory'), lack('wrong-type', 'file'), lack_errno('dangling', 'file'), "
                "lack_errno('wrong-type', 'directory'), lack_errno('wrong-type', 'file')"),
            "does not exist|does not exist (a symlink leads nowhere)|is not a directory|is not a "
            "file|ENOENT|ENOTDIR|EISDIR");
  EXPECT_EQ(ask(facts, "select octal(420), octal(2541), octal(NULL)"), "0644|4755|NULL");
  EXPECT_EQ(ask(facts, "select basename('/a/b'), basename('b'), basename('/')"), "b|b|");
  EXPECT_EQ(ask(facts, "select dirname('/a/b'), dirname('/a'), dirname('b')"), "/a|/|.");
  EXPECT_EQ(ask(facts,
                "select under('/a/b', '/a'), under('/a', '/a/'), under('/ab', '/a'), "
                "under('/a', '/'), under(NULL, '/')"),
            "1|1|0|1|NULL");
  EXPECT_EQ(ask(facts, "select has_word('a bc  d', 'bc'), has_word('abc', 'b'), has_word('', '')"),
            "1|0|0");
}

TEST(Database, EndpointIsWhatConnectIsAskedFor) {
  const Store facts;
  EXPECT_EQ(ask(facts,
                "select endpoint('/run/a.sock', '', '', null), "
                "endpoint('', '127.0.0.1', 'localhost', 80), endpoint('', '::1', '', 80), "
                "endpoint('', '', 'db', null)"),
            "/run/a.sock|127.0.0.1:80|[::1]:80|db");
}

TEST(Describe, NamesEveryTableColumnAndType) {
  const auto tables = describe_tables();
  EXPECT_EQ(tables.size(), AllTables::kNumber);
  const auto it = std::ranges::find(tables, "policy_listen", &TableDoc::name);
  ASSERT_NE(it, tables.end());
  std::string dump;
  for (const auto& column : it->columns)
    dump += fmt::format("{} {}{}{};", column.name, column.type, column.nullable ? "?" : "",
                        column.indexed ? " key" : "");
  EXPECT_EQ(dump,
            "path TEXT key;line INTEGER?;column INTEGER?;span_begin INTEGER?;span_end "
            "INTEGER?;service TEXT key;address TEXT;port INTEGER key;");
  for (const auto& function : describe_functions())
    EXPECT_TRUE(function.doc.ends_with('.')) << function.signature;
}

}  // namespace
}  // namespace stackaudit::facts
