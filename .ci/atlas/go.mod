module github.com/framefox-go/framefox/.ci/atlas

go 1.26.0

require (
	ariga.io/atlas/cmd/atlas v0.13.1
	golang.org/x/tools v0.52.0
)
