//go:build tools

// Package tools pins the community build of the atlas command line, against
// which the migrations are tested. It is a module of its own, so that nothing
// of it gets into the framework's.
package tools

import _ "ariga.io/atlas/cmd/atlas"
