/**
 * The part of GitHub's GraphQL schema that gh asks for pull requests, releases and repositories with. What is not known here (labels, projects,
 * reactions) is empty, so that gh's queries are valid.
 * @see https://docs.github.com/en/graphql/reference
 */
export const schemaText = `
scalar DateTime
scalar URI
scalar GitObjectID

type Query {
  viewer: User!
  repository(owner: String!, name: String!): Repository
  node(id: ID!): Node
  search(query: String!, type: SearchType!, first: Int, after: String): SearchResultItemConnection!
}

type Mutation {
  createPullRequest(input: CreatePullRequestInput!): CreatePullRequestPayload
  updatePullRequest(input: UpdatePullRequestInput!): PullRequestPayload
  closePullRequest(input: ClosePullRequestInput!): PullRequestPayload
  reopenPullRequest(input: ReopenPullRequestInput!): PullRequestPayload
  markPullRequestReadyForReview(input: MarkPullRequestReadyForReviewInput!): PullRequestPayload
  convertPullRequestToDraft(input: ConvertPullRequestToDraftInput!): PullRequestPayload
  mergePullRequest(input: MergePullRequestInput!): PullRequestPayload
  addPullRequestReview(input: AddPullRequestReviewInput!): AddPullRequestReviewPayload
  addComment(input: AddCommentInput!): AddCommentPayload
}

enum SearchType { ISSUE }
enum OrderDirection { ASC DESC }
enum IssueOrderField { CREATED_AT UPDATED_AT }
enum ReleaseOrderField { CREATED_AT NAME }
enum PullRequestState { OPEN CLOSED MERGED }
enum MergeableState { MERGEABLE CONFLICTING UNKNOWN }
enum MergeStateStatus { CLEAN DIRTY DRAFT UNKNOWN }
enum PullRequestMergeMethod { MERGE SQUASH REBASE }
enum PullRequestReviewEvent { APPROVE REQUEST_CHANGES COMMENT }
enum PullRequestReviewDecision { APPROVED CHANGES_REQUESTED REVIEW_REQUIRED }
enum RepositoryPermission { ADMIN WRITE READ }
enum StatusState { ERROR EXPECTED FAILURE PENDING SUCCESS }

input IssueOrder { field: IssueOrderField! direction: OrderDirection! }
input ReleaseOrder { field: ReleaseOrderField! direction: OrderDirection! }
input ClosePullRequestInput { pullRequestId: ID! clientMutationId: String }
input ReopenPullRequestInput { pullRequestId: ID! clientMutationId: String }
input MarkPullRequestReadyForReviewInput { pullRequestId: ID! clientMutationId: String }
input ConvertPullRequestToDraftInput { pullRequestId: ID! clientMutationId: String }
input CreatePullRequestInput {
  repositoryId: ID! baseRefName: String! headRefName: String! title: String! body: String draft: Boolean
  maintainerCanModify: Boolean headRepositoryId: ID clientMutationId: String
}
input UpdatePullRequestInput {
  pullRequestId: ID! baseRefName: String title: String body: String
  clientMutationId: String assigneeIds: [ID!] labelIds: [ID!] milestoneId: ID projectIds: [ID!]
}
input MergePullRequestInput {
  pullRequestId: ID! mergeMethod: PullRequestMergeMethod commitHeadline: String commitBody: String
  expectedHeadOid: GitObjectID authorEmail: String clientMutationId: String
}
input AddPullRequestReviewInput { pullRequestId: ID! event: PullRequestReviewEvent body: String clientMutationId: String }
input AddCommentInput { subjectId: ID! body: String! clientMutationId: String }

type PullRequestPayload { clientMutationId: String pullRequest: PullRequest }
type CreatePullRequestPayload { clientMutationId: String pullRequest: PullRequest }
type AddPullRequestReviewPayload { clientMutationId: String pullRequestReview: PullRequestReview }
type AddCommentPayload { clientMutationId: String commentEdge: IssueCommentEdge }
type IssueCommentEdge { node: IssueComment }

type PageInfo { hasNextPage: Boolean! endCursor: String }
interface Node { id: ID! }
interface Actor { login: String! }
interface RepositoryOwner { id: ID! login: String! }
type User implements Actor & RepositoryOwner { id: ID! login: String! name: String }
type Bot implements Actor { id: ID! login: String! }
type Organization { login: String! }
type Team { name: String! slug: String! organization: Organization! }
union RequestedReviewer = User | Team

type Ref { name: String! target: Commit }
type Repository {
  id: ID! name: String! nameWithOwner: String! owner: RepositoryOwner! description: String url: URI! isPrivate: Boolean!
  hasIssuesEnabled: Boolean! hasWikiEnabled: Boolean! viewerPermission: RepositoryPermission defaultBranchRef: Ref parent: Repository
  mergeCommitAllowed: Boolean! rebaseMergeAllowed: Boolean! squashMergeAllowed: Boolean! isFork: Boolean! isArchived: Boolean!
  pullRequest(number: Int!): PullRequest
  pullRequests(
    states: [PullRequestState!] baseRefName: String headRefName: String first: Int after: String orderBy: IssueOrder
  ): PullRequestConnection!
  release(tagName: String!): Release
  releases(first: Int, after: String, orderBy: ReleaseOrder): ReleaseConnection!
}

type Release {
  databaseId: Int name: String tagName: String! isDraft: Boolean! isLatest: Boolean! isPrerelease: Boolean!
  createdAt: DateTime! publishedAt: DateTime description: String url: URI!
}
type ReleaseConnection { nodes: [Release] pageInfo: PageInfo! totalCount: Int! }

type PullRequest implements Node {
  id: ID! number: Int! title: String! state: PullRequestState! url: URI! body: String! author: Actor isDraft: Boolean!
  closed: Boolean! createdAt: DateTime! updatedAt: DateTime! closedAt: DateTime mergedAt: DateTime mergedBy: Actor mergeCommit: Commit
  maintainerCanModify: Boolean! mergeable: MergeableState! mergeStateStatus: MergeStateStatus!
  additions: Int! deletions: Int! changedFiles: Int!
  baseRefName: String! headRefName: String! baseRefOid: GitObjectID! headRefOid: GitObjectID! isCrossRepository: Boolean!
  headRepository: Repository headRepositoryOwner: RepositoryOwner reviewDecision: PullRequestReviewDecision
  commits(first: Int, last: Int, after: String): PullRequestCommitConnection!
  reviewRequests(first: Int): ReviewRequestConnection!
  reviews(first: Int, after: String): PullRequestReviewConnection!
  latestReviews(first: Int): PullRequestReviewConnection!
  comments(first: Int, last: Int, after: String): IssueCommentConnection!
  files(first: Int, after: String): PullRequestChangedFileConnection!
  assignees(first: Int): UserConnection!
  labels(first: Int): LabelConnection!
  projectCards(first: Int): ProjectCardConnection!
  projectItems(first: Int, after: String): ProjectItemConnection!
  milestone: Milestone
  reactionGroups: [ReactionGroup!]!
  baseRef: BaseRef
  autoMergeRequest: AutoMergeRequest
}
type BaseRef { branchProtectionRule: BranchProtectionRule }
type BranchProtectionRule { requiresStrictStatusChecks: Boolean! requiredApprovingReviewCount: Int }
type AutoMergeRequest { enabledAt: DateTime }
type PullRequestConnection {
  nodes: [PullRequest] edges: [PullRequestEdge] totalCount: Int! pageInfo: PageInfo!
}
type PullRequestEdge { node: PullRequest }
union SearchResultItem = PullRequest
type SearchResultItemEdge { node: SearchResultItem }
type SearchResultItemConnection {
  issueCount: Int! nodes: [SearchResultItem] edges: [SearchResultItemEdge] pageInfo: PageInfo!
}

type PullRequestCommitConnection { nodes: [PullRequestCommit] totalCount: Int! pageInfo: PageInfo! }
type PullRequestCommit { commit: Commit! }
type Commit {
  oid: GitObjectID! messageHeadline: String! messageBody: String! committedDate: DateTime! authoredDate: DateTime!
  statusCheckRollup: StatusCheckRollup
  authors(first: Int): GitActorConnection!
}
type GitActor { name: String email: String user: User }
type GitActorConnection { nodes: [GitActor] totalCount: Int! }
type StatusCheckRollup {
  state: StatusState!
  contexts(first: Int, after: String): StatusCheckRollupContextConnection!
}
union StatusCheckRollupContext = CheckRun | StatusContext
type StatusCheckRollupContextConnection { nodes: [StatusCheckRollupContext] totalCount: Int! pageInfo: PageInfo! }
type StatusContext {
  context: String! state: StatusState! targetUrl: URI createdAt: DateTime! description: String
  isRequired(pullRequestNumber: Int pullRequestId: ID): Boolean!
}
type CheckRun {
  name: String! status: String! conclusion: String startedAt: DateTime completedAt: DateTime detailsUrl: URI
  checkSuite: CheckSuite isRequired(pullRequestNumber: Int pullRequestId: ID): Boolean!
}
type CheckSuite { workflowRun: WorkflowRun }
type WorkflowRun { event: String! workflow: Workflow! }
type Workflow { name: String! }

type ReviewRequest { requestedReviewer: RequestedReviewer }
type ReviewRequestConnection { nodes: [ReviewRequest] totalCount: Int! }
type PullRequestReview {
  id: ID! author: Actor authorAssociation: String! submittedAt: DateTime body: String! state: String! commit: Commit
  reactionGroups: [ReactionGroup!]!
}
type PullRequestReviewConnection { nodes: [PullRequestReview] totalCount: Int! pageInfo: PageInfo! }
type IssueComment {
  id: ID! author: Actor authorAssociation: String! body: String! createdAt: DateTime! includesCreatedEdit: Boolean!
  isMinimized: Boolean! minimizedReason: String reactionGroups: [ReactionGroup!]! url: URI! viewerDidAuthor: Boolean!
}
type IssueCommentConnection { nodes: [IssueComment] totalCount: Int! pageInfo: PageInfo! }
type PullRequestChangedFile { path: String! additions: Int! deletions: Int! }
type PullRequestChangedFileConnection { nodes: [PullRequestChangedFile] totalCount: Int! pageInfo: PageInfo! }
type UserConnection { nodes: [User] totalCount: Int! }
type Label { id: ID! name: String! description: String color: String! }
type LabelConnection { nodes: [Label] totalCount: Int! }
type Project { name: String! }
type ProjectColumn { name: String! }
type ProjectCard { project: Project! column: ProjectColumn }
type ProjectV2 { id: ID! title: String! }
type ProjectItem { id: ID! project: ProjectV2! }
type ProjectItemConnection { nodes: [ProjectItem] totalCount: Int! pageInfo: PageInfo! }
type ProjectCardConnection { nodes: [ProjectCard] totalCount: Int! }
type Milestone { number: Int! title: String! description: String dueOn: DateTime }
type ReactionGroup { content: String! users: ReactingUserConnection! }
type ReactingUserConnection { totalCount: Int! }
`;
