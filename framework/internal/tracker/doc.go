// Package tracker is a small application for the framework's own tests: it has
// every shape of entity that the framework tells apart, which the reference
// application, a blog, has no use for.
//
// Its tables are planned when a test needs them; see package trackertest.
package tracker
