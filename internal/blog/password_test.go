package blog_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// A password is stored as a hash, whichever way it is written, white space
// included.
//
// Covers: B43, S08.
func TestPasswordIsSealed(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		verify := func(id int64, plain string) {
			t.Helper()
			var stored string
			require.NoError(t, app.DB.SQL().QueryRowContext(ctx, "SELECT password FROM users WHERE id = "+strconv.FormatInt(id, 10)).Scan(&stored))
			require.Contains(t, stored, "$argon2id$")
			require.NotContains(t, stored, plain)
			ok, _, err := password.Verify(stored, plain)
			require.NoError(t, err)
			require.True(t, ok)
		}
		u := app.Client.User.Create().SetUsername("ada").SetEmail("ada@example.org").SetPassword(" correct horse ").SaveX(ctx)
		verify(u.ID, " correct horse ")
		app.Client.User.UpdateOne(u).SetPassword("another one").ExecX(ctx)
		verify(u.ID, "another one")
		app.Client.User.Update().SetPassword("one for all").ExecX(ctx)
		verify(u.ID, "one for all")
		list := app.Client.User.CreateBulk(app.Client.User.Create().SetUsername("bob").SetEmail("bob@example.org").SetPassword("battery staple")).SaveX(ctx)
		verify(list[0].ID, "battery staple")
		app.Client.User.UpdateOne(u).SetBio("x").ExecX(ctx)
		verify(u.ID, "one for all")

		_, err := app.Client.User.UpdateOne(u).SetPassword("password123").Save(ctx)
		require.Equal(t, []string{"password too_common"}, violations(t, err))
		require.NotContains(t, err.Error(), "password123")
	})
}

// A bulk write stops hashing passwords when its time is up: it holds the
// transaction, and on SQLite everybody's writes, as long as it goes on.
func TestHashingStopsWithTheContext(t *testing.T) {
	t.Parallel()
	app := blogtest.New(t, testkit.Open(t, testkit.SQLite))
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	many := make([]*ent.UserCreate, 600)
	for i := range many {
		name := "user" + strconv.Itoa(i)
		many[i] = app.Client.User.Create().SetUsername(name).SetEmail(name + "@example.org").SetPassword("correct horse " + name)
	}
	err := app.Client.User.CreateBulk(many...).Exec(ctx)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Less(t, time.Since(start), 3*time.Second, "all of them take longer")
	require.Zero(t, app.Client.User.Query().CountX(t.Context()))
}

// Neither the password nor its hash shows where entities are printed.
//
// Covers: B42, B49, S09.
func TestPasswordIsNeverShown(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		u := app.Client.User.Create().SetUsername("ada").SetEmail("ada@example.org").SetPassword("correct horse").SaveX(ctx)
		u = app.Client.User.GetX(ctx, u.ID)
		require.Contains(t, u.Password, "$argon2id$")

		document, err := json.Marshal(u)
		require.NoError(t, err)
		var text, object bytes.Buffer
		slog.New(slog.NewTextHandler(&text, nil)).Info("signed up", "user", u)
		slog.New(slog.NewJSONHandler(&object, nil)).Info("signed up", "user", u)
		shown := map[string]string{
			"String": u.String(), "JSON": string(document), "slog text": text.String(), "slog JSON": object.String(),
			"%v": fmt.Sprintf("%v", u), "%+v": fmt.Sprintf("%+v", u), "in a list": fmt.Sprint([]any{u}),
		}
		for where, s := range shown {
			require.Contains(t, s, "ada@example.org", where)
			require.NotContains(t, s, "argon2id", where)
			require.NotContains(t, s, "correct horse", where)
		}
		session := app.Client.UserSession.Create().SetUser(u).SetTokenHash("t0ken-hash").SetExpiresAt(u.CreatedAt).SaveX(ctx)
		require.NotContains(t, session.String(), "t0ken-hash")
	})
}
