// Package repositorytest tests the generated repositories with the tracker's
// entities, on every dialect.
package repositorytest
