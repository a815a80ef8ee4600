#include "store/migrations.hpp"

#include "unit/store/support.hpp"

#include <gmock/gmock.h>

#include <array>

namespace civitai::store::test {
namespace {

using ::testing::HasSubstr;

constexpr Migration first{
    1, "first",
    "CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT"};
constexpr Migration second{2, "second", "CREATE TABLE added (x INTEGER) STRICT"};
constexpr Migration broken{2, "broken", "CREATE TABLE added (x INTEGER) STRICT; CREATE TABLE added (y INTEGER)"};

class MigrationsTest : public ::testing::Test {
 protected:
  std::string tables() { return look(directory_ / "t.db", "SELECT count(*) FROM sqlite_schema WHERE name = 'added'"); }
  std::string numbers() { return look(directory_ / "t.db", "SELECT group_concat(number) FROM migrations"); }

  TempDir directory_;
  Connection connection_ = *Connection::open(directory_ / "t.db", Connection::Access::create);
};

TEST(Migrations, AreNumberedFromOneWithoutGaps) {
  int expected = 1;
  for (const Migration& step : migrations()) EXPECT_EQ(step.number, expected++);
}

TEST_F(MigrationsTest, AreAppliedOnceEach) {
  ASSERT_TRUE(migrate(connection_, std::array{first}).has_value());
  ASSERT_TRUE(migrate(connection_, std::array{first}).has_value());
  EXPECT_EQ(numbers(), "1");
  ASSERT_TRUE(migrate(connection_, std::array{first, second}).has_value());
  EXPECT_EQ(numbers(), "1,2");
  EXPECT_EQ(schema_number(connection_), 2);
  EXPECT_EQ(look(directory_ / "t.db", "PRAGMA user_version"), "2");
}

TEST_F(MigrationsTest, AFailedOneLeavesNoTrace) {
  const Status done = migrate(connection_, std::array{first, broken});
  ASSERT_FALSE(done.has_value());
  EXPECT_THAT(done.error().message, HasSubstr("migration 2 (broken)"));
  EXPECT_EQ(numbers(), "1");
  EXPECT_EQ(tables(), "0");
  ASSERT_TRUE(migrate(connection_, std::array{first, second}).has_value());
  EXPECT_EQ(tables(), "1");
}

// Of a library that was small when they were gathered; with them the planner reads whole tables for one row.
TEST_F(MigrationsTest, StatisticsOfOlderProgramsAreDropped) {
  ASSERT_TRUE(migrate(connection_, migrations().first(5)).has_value());
  ASSERT_TRUE(connection_.execute("INSERT INTO models VALUES (1, 'm', 'LORA', 'c', ''); ANALYZE").has_value());
  const std::string count = "SELECT count(*) FROM sqlite_schema WHERE name GLOB 'sqlite_stat*'";
  EXPECT_NE(look(directory_ / "t.db", count), "0");
  ASSERT_TRUE(migrate(connection_, migrations()).has_value());
  EXPECT_EQ(look(directory_ / "t.db", count), "0");
}

TEST_F(MigrationsTest, ThoseOfANewerProgramAreRefused) {
  ASSERT_TRUE(migrate(connection_, std::array{first, second}).has_value());
  const Status refused = migrate(connection_, std::array{first});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_THAT(refused.error().message, HasSubstr("newer version"));
}

}  // namespace
}  // namespace civitai::store::test
