package database_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/framefox-go/framefox/framework/testkit"
)

// servers stops the servers of the kit before the goroutines are counted.
type servers struct{ *testing.M }

func (s servers) Run() int { return testkit.Run(s.M) }

func TestMain(m *testing.M) { goleak.VerifyTestMain(servers{m}) }
