package unitofwork

// Stats counts what a manager did since it was made, and what it holds.
type Stats struct {
	Finds   int64 // calls of Find
	Hits    int64 // of those, answered without the database
	Loads   int64 // rows that were taken up
	Flushes int64
	Inserts int64 // rows, not statements
	Updates int64
	Deletes int64

	Held int // entities: what Clear would free
}

// Stats returns the counters.
func (m *Manager) Stats() Stats {
	done, err := m.claim()
	if err != nil {
		return Stats{}
	}
	defer done()
	s := m.stats
	s.Held = len(m.items)
	return s
}
