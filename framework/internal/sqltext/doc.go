// Package sqltext reads the text of statements as the drivers take it: which
// tables they read, by which columns they filter, join, group and sort.
//
// It is no parser of SQL. It knows the shape of statements, clause by clause,
// and says in [Statement.Unread] what it did not understand.
package sqltext
