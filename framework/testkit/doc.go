// Package testkit gives tests real databases: a fresh one for each test, on every
// engine that can be had, dropped at the end.
//
//	func TestUsers(t *testing.T) {
//		testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
//			client := enttest.NewClient(t, enttest.WithOptions(ent.Driver(db.Driver())))
//			…
//		})
//	}
//
// SQLite is always there. PostgreSQL and MySQL are looked for, in this order:
//
//   - where FRAMEFOX_TEST_POSTGRES and FRAMEFOX_TEST_MYSQL point, as database URLs;
//     the user must be allowed to create databases;
//   - at 127.0.0.1 on the usual port, without a password: PostgreSQL as the current
//     user or postgres, MySQL as root;
//   - as a program on this machine, of which one server is started for the test
//     binary, in a temporary folder, as an unprivileged user.
//
// Tests for an engine that cannot be had are skipped, with a line that says so.
// With CI=true or FRAMEFOX_REQUIRE_ENGINES=1 they fail instead.
//
// [InjectFaults] makes statements fail, one after the other, and [Count] counts them.
//
// Servers that the kit started end with the test binary. A package that calls
// [Main] from its TestMain has their folders removed at once too, otherwise the
// next run does that.
package testkit
