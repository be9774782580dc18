// Package schema declares the entities of the tracker.
package schema
