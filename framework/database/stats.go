package database

import "time"

// Stats describes the pool of a database at one moment.
type Stats struct {
	Open     int           // connections, in use or idle
	InUse    int           // connections in use; on SQLite the writer may be one above Max
	Idle     int           // connections ready for use
	Created  int64         // connections made since Open
	Max      int           // the most that may be in use at once; 0 is unlimited
	Waits    int64         // how often a connection was not there at once, since Open
	WaitTime time.Duration // how long that took, in sum
}
