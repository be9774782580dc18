// Package ent is the generated client of the tracker.
package ent

//go:generate go run entc.go
