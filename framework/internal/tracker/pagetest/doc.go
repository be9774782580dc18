// Package pagetest proves the connections, orders, counts and numbered pages of
// generated APIs on the tracker: against a model in Go where inputs are open,
// and case by case where they are not.
package pagetest
