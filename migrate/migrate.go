// Package migrate embeds the application's versioned migrations, one folder
// for each dialect. The stock atlas command works on the folders too.
package migrate

import "embed"

// Files holds sqlite, postgres and mysql, each with its atlas.sum.
//
//go:embed sqlite postgres mysql
var Files embed.FS
