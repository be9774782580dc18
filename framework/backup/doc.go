// Package backup copies databases while they are in use, proves that a copy can
// be read back, and restores it.
//
//	result, err := backup.Copy(ctx, cfg.Database, backup.CopyOptions{Dir: "backups"})
//	…
//	fmt.Println(result.Path) // backups/app_backup_20240603_152345.db
//
//	_, err = backup.Restore(ctx, cfg.Database, result.Path, backup.RestoreOptions{Replace: true})
//
// # What a copy is
//
// A copy holds the database as it was at one instant, whoever writes to it
// meanwhile:
//
//   - SQLite: a database file, made with SQLite's own online backup in one read
//     transaction.
//   - PostgreSQL: an archive of pg_dump in its custom format.
//   - MySQL and MariaDB: the SQL of mysqldump or mariadb-dump in one transaction,
//     with views, triggers, routines and events.
//
// The programs of the servers have to be installed; a [ToolError] says which
// package has them. Passwords reach them through the environment or through a
// file that only its owner can read, never through arguments.
//
// A copy has its final name only once it is complete and verified. It never takes
// the place of an older one, and only its owner can read it.
//
// # What verified means
//
// The copy is opened again: a SQLite file is checked page by page, a dump is
// restored into a scratch database that is dropped again (see [Verification]).
// Its tables, indexes, views, triggers and rows are then compared with what was
// counted in the source at the same instant. MySQL cannot count at the instant of
// the dump: there the rows are counted before and after, and tables that changed
// are listed in Result.Changed.
//
// # Restoring
//
// A restore never touches the present database before the backup has been
// restored beside it and counted. SQLite's file is then renamed into place, and so
// is PostgreSQL's database. MySQL cannot rename databases: there the present one
// is copied to a file first, then filled anew.
package backup
