package cli

import (
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// An interrupt ends a question at once, although nothing was answered.
func TestAskInterrupted(t *testing.T) {
	t.Parallel()
	in, _ := io.Pipe() // says nothing, ever
	env := newEnv(App{}, in, io.Discard, io.Discard)
	env.terminal = io.Discard
	ctx, stop := context.WithCancel(t.Context())
	env.stopped = ctx.Done()
	stop()
	_, err := env.Ask("Go on?", "")
	require.ErrorIs(t, err, errCancelled)
}
