package dataset

import (
	"fmt"
	"strings"
	"time"
)

// person is what the generator knows of a user: enough to let it act.
//
// Age, activity and productivity go round like the hands of a clock, so that each
// hundred users have every combination of the three.
type person struct {
	index     int
	first     string
	last      string
	created   time.Time
	lastLogin time.Time // zero for never
	deleted   time.Time // zero for one that is not
	active    bool
	diligence int   // 0, writes and reads a lot, to 4, does next to nothing
	id        int64 // once written
}

func (p person) username() string { return fmt.Sprintf("user%05d", p.index) }
func (p person) email() string    { return p.username() + "@example.org" }

// period is a range of days before now.
type period struct{ from, to int }

// ages are those of the user life cycle: new, growing, established, veteran.
func ages() []period { return []period{{1, 29}, {31, 179}, {181, 364}, {366, 1400}} }

// logins are those of the activity status: active, occasional, inactive, dormant.
// Users of a fifth class have never logged in.
func logins() []period { return []period{{0, 6}, {8, 29}, {31, 89}, {91, 300}} }

// postsOf is how many posts a user of each diligence writes, 25 in sum: 500 for
// a hundred users, of which twenty have each.
func postsOf() []int { return []int{16, 6, 3, 0, 0} }

func newPeople(opts GenerateOptions) []person {
	people := make([]person, opts.Scale*UsersPerScale)
	for i := range people {
		people[i] = newPerson(opts, i)
	}
	return people
}

func newPerson(opts GenerateOptions, index int) person {
	r := newRandom(opts.Seed, "user", index)
	p := person{
		index: index, first: pick(r, firstNames), last: pick(r, lastNames),
		active: index%19 != 18, diligence: index / 20 % 5,
	}
	ago := func(days period) time.Time {
		return opts.Now.Add(-r.between(time.Duration(days.from)*day, time.Duration(days.to)*day))
	}
	p.created = ago(ages()[index%4])
	if class := index / 4 % 5; class < len(logins()) {
		// A newcomer cannot have been away for longer than the account exists.
		if login := ago(logins()[class]); login.After(p.created) {
			p.lastLogin = login
		}
	}
	if p.diligence == 4 && index%10 == 9 {
		p.deleted = r.instant(p.created, opts.Now)
	}
	return p
}

// fullName is the name in one piece.
func (p person) fullName() string { return p.first + " " + p.last }

// phone is the number in the profile.
func (p person) phone() string {
	return fmt.Sprintf("+33 1 %02d %02d %02d", p.index/10000%100, p.index/100%100, p.index%100)
}

// authorSlots are the authors of each 500 posts among the hundred users who write
// them, shuffled: post 500n+i is by user 100n+slots[i].
func authorSlots() []int {
	slots := make([]int, 0, PostsPerScale)
	for user := range UsersPerScale {
		for range postsOf()[user/20%5] {
			slots = append(slots, user)
		}
	}
	newRandom(0, "authors", 0).Shuffle(len(slots), func(i, j int) { slots[i], slots[j] = slots[j], slots[i] })
	return slots
}

// reader draws a user who was there at the instant and does things to posts, the
// diligent more often. It reports false when none was found soon.
func (g *generator) reader(r random, at time.Time) (person, bool) {
	for range 12 {
		p := g.people[r.IntN(len(g.people))]
		if p.deleted.IsZero() && p.created.Before(at) && r.chance([]int{100, 70, 45, 20, 5}[p.diligence]) {
			return p, true
		}
	}
	return person{}, false
}

// bio is a line about the user.
func (p person) bio() string {
	return fmt.Sprintf("%s writes about %s.", p.first, strings.ToLower(topics[p.index%len(topics)]))
}
