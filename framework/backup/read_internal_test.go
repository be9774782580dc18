package backup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCountCopies(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 200_000)
	rows, err := countCopies(strings.NewReader(strings.Join([]string{
		"SET x = 1;", "COPY public.users (id, name) FROM stdin;", "1\tann", "2\t" + long, `3\t\\.`, `\.`, "",
		`COPY shop."odd "".name" (id) FROM stdin;`, `\.`, "ALTER TABLE x;", "",
	}, "\n")))
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"users": 3, `shop.odd ".name`: 0}, rows)
	_, err = countCopies(strings.NewReader("COPY public.users (id) FROM stdin;\n1\n2\n"))
	require.ErrorContains(t, err, "ends within the rows of users")
}

func TestReadDump(t *testing.T) {
	t.Parallel()
	dump := func(lines ...string) string {
		path := filepath.Join(t.TempDir(), "dump.sql")
		require.NoError(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600))
		return path
	}
	lines := []string{
		"-- MariaDB dump 10.19", "CREATE TABLE `users` (", "  `id` int COMMENT 'INSERT INTO `users` VALUES (1);'", ");",
		"INSERT INTO `users` VALUES (1,'it''s (a),(b);','\\'),('),(2,\"x\",_binary 'y'),", "(3,0xFF,NULL);",
		"CREATE TABLE `a``b` (", ");", "INSERT INTO `a``b` (`x`, `VALUES`) VALUES (1,'" + strings.Repeat("(", 100_000) + "');",
		"CREATE TABLE `none` (", ");",
		"DELIMITER ;;", "INSERT INTO `users` VALUES (4);", ";;", "DELIMITER ;", "-- Dump completed on 2024-06-03", "",
	}
	rows, err := readDump(dump(lines...))
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"users": 3, "a`b": 1, "none": 0}, rows)
	for _, cut := range []int{5, 9, len(lines) - 2} {
		_, err = readDump(dump(lines[:cut]...))
		var damaged *IntegrityError
		require.ErrorAs(t, err, &damaged, cut)
	}
}

// A dump of several databases would not stay within the one that is restored,
// not even within the one in which it is tried.
func TestReadDumpOfSeveralDatabases(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"USE `shop`;", "use shop;", "CREATE DATABASE /*!32312 IF NOT EXISTS*/ `shop`;", "/*!40000 DROP DATABASE IF EXISTS `shop`*/;",
	} {
		path := filepath.Join(t.TempDir(), "dump.sql")
		text := "-- MariaDB dump 10.19\n" + line + "\nCREATE TABLE `t` (\n);\n-- Dump completed on 2024-06-03\n"
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := readDump(path)
		var refused *IntegrityError
		require.ErrorAs(t, err, &refused, line)
		require.ErrorContains(t, err, line)
	}
}

func TestMissingTool(t *testing.T) {
	t.Parallel()
	_, err := find([]string{"no-such-program"}, "the package some-client", filepath.Join(t.TempDir(), "*"))
	var missing *ToolError
	require.ErrorAs(t, err, &missing)
	require.Equal(t, os.Getenv("PATH"), missing.Path)
	require.ErrorContains(t, err, "install the package some-client")
}
