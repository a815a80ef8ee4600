#include "store/sqlite.hpp"

#include "unit/store/support.hpp"

#include <gmock/gmock.h>

namespace civitai::store::test {
namespace {

using ::testing::HasSubstr;

class SqliteTest : public ::testing::Test {
 protected:
  SqliteTest() { EXPECT_TRUE(connection_.execute("CREATE TABLE t (a INTEGER, b TEXT, c BLOB) STRICT").has_value()); }

  TempDir directory_;
  Connection connection_ = *Connection::open(directory_ / "t.db", Connection::Access::create);
};

constexpr std::string_view insert = "INSERT INTO t VALUES (?1, ?2, ?3)";
constexpr std::string_view select = "SELECT a, b, c FROM t";

TEST_F(SqliteTest, BindsAndReadsEveryType) {
  const std::string text("nul\0inside", 10);
  ASSERT_EQ(connection_.run(insert, {std::int64_t{-5}, text, Blob("\x00\xFF")}), 1);
  auto query = connection_.query(select);
  ASSERT_TRUE(query.has_value());
  ASSERT_EQ(query->next(), true);
  EXPECT_EQ(query->integer(0), -5);
  EXPECT_EQ(query->text(1), text);
  EXPECT_EQ(query->blob(2), Blob("\x00\xFF").bytes);
  EXPECT_EQ(query->next(), false);
}

TEST_F(SqliteTest, TellsEmptyTextFromNull) {
  ASSERT_TRUE(connection_.run(insert, {std::monostate{}, std::string_view{}, Blob({})}).has_value());
  auto query = connection_.query("SELECT a IS NULL, b = '', c = x'' FROM t");
  ASSERT_TRUE(query.has_value());
  ASSERT_EQ(query->next(), true);
  EXPECT_EQ(query->integer(0), 1);
  EXPECT_EQ(query->integer(1), 1);
  EXPECT_EQ(query->integer(2), 1);
}

TEST_F(SqliteTest, AStatementCanBeUsedAgainAndRemembersNothing) {
  ASSERT_TRUE(connection_.run(insert, {std::int64_t{1}, "one", Blob("1")}).has_value());
  ASSERT_TRUE(connection_.run(insert).has_value());
  EXPECT_EQ(look(directory_ / "t.db", "SELECT count(*) FROM t WHERE a IS NULL AND b IS NULL"), "1");
}

TEST_F(SqliteTest, ATransactionLeavesNothingUnlessCommitted) {
  {
    auto transaction = Transaction::begin(connection_, Transaction::Kind::write);
    ASSERT_TRUE(transaction.has_value());
    ASSERT_TRUE(connection_.run(insert, {std::int64_t{1}}).has_value());
  }
  EXPECT_EQ(look(directory_ / "t.db", "SELECT count(*) FROM t"), "0");
  auto transaction = Transaction::begin(connection_, Transaction::Kind::write);
  ASSERT_TRUE(transaction.has_value());
  ASSERT_TRUE(connection_.run(insert, {std::int64_t{1}}).has_value());
  ASSERT_TRUE(transaction->commit().has_value());
  EXPECT_EQ(look(directory_ / "t.db", "SELECT count(*) FROM t"), "1");
}

TEST_F(SqliteTest, AFullDiskIsToldAsThat) {
  ASSERT_TRUE(connection_.execute("PRAGMA max_page_count = 3").has_value());
  const std::string large(100'000, 'x');
  const auto done = connection_.run(insert, {std::int64_t{1}, large});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, ErrorKind::disk_full);
  EXPECT_THAT(done.error().message, HasSubstr("t.db"));
}

TEST_F(SqliteTest, ALockIsToldAsThat) {
  auto other = Connection::open(directory_ / "t.db", Connection::Access::create);
  ASSERT_TRUE(other.has_value());
  const auto held = Transaction::begin(*other, Transaction::Kind::write);
  ASSERT_TRUE(held.has_value());
  connection_.set_busy_timeout(Milliseconds(10));
  const auto refused = Transaction::begin(connection_, Transaction::Kind::write);
  ASSERT_FALSE(refused.has_value());
  EXPECT_TRUE(connection_.failed_locked());
  EXPECT_EQ(refused.error().kind, ErrorKind::busy);
  EXPECT_THAT(refused.error().message, HasSubstr("locked by another process"));
  EXPECT_THAT(refused.error().hint, HasSubstr("wait"));
}

TEST_F(SqliteTest, AFolderThatIsMissingIsToldAsThat) {
  const auto connection = Connection::open(directory_ / "no/such/t.db", Connection::Access::create);
  ASSERT_FALSE(connection.has_value());
  EXPECT_EQ(connection.error().kind, ErrorKind::io);
  EXPECT_THAT(connection.error().message, HasSubstr("no such file or directory"));
}

TEST_F(SqliteTest, WrongSqlIsABug) {
  EXPECT_EQ(connection_.execute("SELEKT").error().kind, ErrorKind::internal);
  EXPECT_EQ(connection_.query("SELECT nothing FROM nowhere").error().kind, ErrorKind::internal);
}

}  // namespace
}  // namespace civitai::store::test
