package blog

import "github.com/framefox-go/framefox/framework/graphql"

// Examples are queries to try first: GraphiQL opens with them and the server
// prints them.
func Examples() []graphql.ExampleQuery {
	return []graphql.ExampleQuery{
		{Query: `# The newest posts: by whom, about what?
query NewestPosts {
  posts(first: 5, orderBy: [{field: PUBLISHED_AT, direction: DESC}]) {
    totalCount
    edges {
      node {
        title
        excerpt
        author { displayName }
        tags(first: 3) { edges { node { name } } }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`},
		{Query: `# Posts with a tag that says game
query AboutGames {
  posts(
    first: 5
    where: {hasTagsWith: [{nameContains: "game"}]}
    orderBy: [{field: TITLE}]
  ) {
    edges { node { title category author { displayName } } }
  }
}
`},
		{Query: `# Authors with their first posts
query Authors {
  users(first: 3, where: {hasPosts: true}, orderBy: [{field: USERNAME}]) {
    edges {
      node {
        id
        username
        profile { website }
        posts(first: 3) {
          totalCount
          edges { node { title } }
        }
      }
    }
  }
}
`},
	}
}
