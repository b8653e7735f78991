PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE "AuthContextNonce" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "origin" TEXT NOT NULL,
    "uses" INTEGER NOT NULL,
    "expiresAt" DATETIME NOT NULL
);
CREATE TABLE "Conversation" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "organizationId" TEXT NOT NULL,
    "agentId" TEXT NOT NULL,
    "ownerId" TEXT,
    "nextSeq" INTEGER NOT NULL DEFAULT 1,
    "activeTurnId" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,
    CONSTRAINT "Conversation_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
INSERT INTO "Conversation" VALUES('7795cd00-51fc-4a09-b566-b771778d2f13','default','shop',NULL,7,NULL,'2026-11-26T10:22:53.342+00:00','2026-11-26T10:22:53.918+00:00');
INSERT INTO "Conversation" VALUES('602418c0-fbfb-4cb7-8402-450d28cb4fd5','default','shop',NULL,2,'568401b6-c8fe-4913-84f3-14a0ae495ba2','2026-11-26T10:22:53.925+00:00','2026-11-26T10:22:53.933+00:00');
INSERT INTO "Conversation" VALUES('2aa25421-d515-410c-aeb5-72fd2dbd71f9','default','shop',NULL,2,'c75bb354-a678-4983-8723-8945ce4adbcf','2026-11-26T10:22:53.957+00:00','2026-11-26T10:22:53.965+00:00');
INSERT INTO "Conversation" VALUES('1f7d3919-1332-4c9a-99e4-6124a497b0c4','default','shop',NULL,2,'6b70a4a3-64f5-439c-beb5-5a42e03044c8','2026-11-26T10:22:53.990+00:00','2026-11-26T10:22:53.998+00:00');
CREATE TABLE "Message" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "conversationId" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "participantId" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "turnId" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "Message_conversationId_fkey" FOREIGN KEY ("conversationId") REFERENCES "Conversation" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Message_participantId_fkey" FOREIGN KEY ("participantId") REFERENCES "Participant" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Message_turnId_fkey" FOREIGN KEY ("turnId") REFERENCES "Turn" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "Message" VALUES('67cee7c2-ae7c-4c92-994a-dedd6088cfea','7795cd00-51fc-4a09-b566-b771778d2f13',1,'59fe4c3f-bcb6-4e58-945e-3bd65e67f795','inbound','Where is my order?','ae188c70-2a2d-46a3-8b56-1cffcc843495','2026-11-26T10:22:53.440+00:00');
INSERT INTO "Message" VALUES('11dd436e-7bb3-433f-8fc7-a8f8b8f1392d','7795cd00-51fc-4a09-b566-b771778d2f13',2,'8e06f9fa-ac0c-44af-b863-4de2a92008f1','outbound','Let me look.

Found it.','ae188c70-2a2d-46a3-8b56-1cffcc843495','2026-11-26T10:22:53.749+00:00');
INSERT INTO "Message" VALUES('634b5985-b122-4b82-a74b-676b8c3c8671','7795cd00-51fc-4a09-b566-b771778d2f13',3,'59fe4c3f-bcb6-4e58-945e-3bd65e67f795','inbound','Refund 1234, please.','ce8c04b2-5109-490c-84ca-c70cdc58dae0','2026-11-26T10:22:53.761+00:00');
INSERT INTO "Message" VALUES('b1c7dfdd-92a1-42dc-b89e-ecae244045e2','7795cd00-51fc-4a09-b566-b771778d2f13',4,'8e06f9fa-ac0c-44af-b863-4de2a92008f1','outbound','Gladly.

As you wish.','ce8c04b2-5109-490c-84ca-c70cdc58dae0','2026-11-26T10:22:53.860+00:00');
INSERT INTO "Message" VALUES('d8870262-dc75-49e0-8ec3-d633b0b1d0d1','7795cd00-51fc-4a09-b566-b771778d2f13',5,'59fe4c3f-bcb6-4e58-945e-3bd65e67f795','inbound','Refund 1234, please.','1ee991e7-00ed-43a3-b645-7ef97c4d6c94','2026-11-26T10:22:53.866+00:00');
INSERT INTO "Message" VALUES('cfa0ff89-190a-470a-8a2d-4ec70e4d3d58','7795cd00-51fc-4a09-b566-b771778d2f13',6,'8e06f9fa-ac0c-44af-b863-4de2a92008f1','outbound','Gladly.

As you wish.','1ee991e7-00ed-43a3-b645-7ef97c4d6c94','2026-11-26T10:22:53.918+00:00');
INSERT INTO "Message" VALUES('69d1faf2-e2c5-476e-bbf6-34da11b00eec','602418c0-fbfb-4cb7-8402-450d28cb4fd5',1,'66444862-d8e5-4887-9ea7-9ca06765031a','inbound','Refund 1234, please.','568401b6-c8fe-4913-84f3-14a0ae495ba2','2026-11-26T10:22:53.936+00:00');
INSERT INTO "Message" VALUES('307b9c76-c20f-43b3-a3d4-ababbd16fffb','2aa25421-d515-410c-aeb5-72fd2dbd71f9',1,'f6b2c957-77cb-4575-9303-772d4ac59004','inbound','Tell me a story.','c75bb354-a678-4983-8723-8945ce4adbcf','2026-11-26T10:22:53.967+00:00');
INSERT INTO "Message" VALUES('dc40ace1-dd62-4ab4-8968-e016fa5f6e87','1f7d3919-1332-4c9a-99e4-6124a497b0c4',1,'c0843585-9cdf-44da-a071-af557c6ab67a','inbound','Write it.','6b70a4a3-64f5-439c-beb5-5a42e03044c8','2026-11-26T10:22:54.000+00:00');
CREATE TABLE "Organization" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO "Organization" VALUES('default','2026-11-26T10:22:53.333+00:00');
CREATE TABLE "Participant" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "conversationId" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "externalId" TEXT,
    "email" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "Participant_conversationId_fkey" FOREIGN KEY ("conversationId") REFERENCES "Conversation" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "Participant" VALUES('59fe4c3f-bcb6-4e58-945e-3bd65e67f795','7795cd00-51fc-4a09-b566-b771778d2f13','user','Visitor',NULL,NULL,'2026-11-26T10:22:53.355+00:00');
INSERT INTO "Participant" VALUES('8e06f9fa-ac0c-44af-b863-4de2a92008f1','7795cd00-51fc-4a09-b566-b771778d2f13','ai-agent','Mira',NULL,NULL,'2026-11-26T10:22:53.355+00:00');
INSERT INTO "Participant" VALUES('66444862-d8e5-4887-9ea7-9ca06765031a','602418c0-fbfb-4cb7-8402-450d28cb4fd5','user','Visitor',NULL,NULL,'2026-11-26T10:22:53.926+00:00');
INSERT INTO "Participant" VALUES('30247163-ea0e-472a-9e6d-157efbb5a11a','602418c0-fbfb-4cb7-8402-450d28cb4fd5','ai-agent','Mira',NULL,NULL,'2026-11-26T10:22:53.926+00:00');
INSERT INTO "Participant" VALUES('f6b2c957-77cb-4575-9303-772d4ac59004','2aa25421-d515-410c-aeb5-72fd2dbd71f9','user','Visitor',NULL,NULL,'2026-11-26T10:22:53.958+00:00');
INSERT INTO "Participant" VALUES('4be56680-ac3f-44f1-a069-65b3bd0d480b','2aa25421-d515-410c-aeb5-72fd2dbd71f9','ai-agent','Mira',NULL,NULL,'2026-11-26T10:22:53.958+00:00');
INSERT INTO "Participant" VALUES('c0843585-9cdf-44da-a071-af557c6ab67a','1f7d3919-1332-4c9a-99e4-6124a497b0c4','user','Visitor',NULL,NULL,'2026-11-26T10:22:53.991+00:00');
INSERT INTO "Participant" VALUES('60726d68-aa3a-431c-8375-af6bb4f5738a','1f7d3919-1332-4c9a-99e4-6124a497b0c4','ai-agent','Mira',NULL,NULL,'2026-11-26T10:22:53.991+00:00');
CREATE TABLE "Session" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "conversationId" TEXT NOT NULL,
    "userParticipantId" TEXT NOT NULL,
    "agentParticipantId" TEXT NOT NULL,
    "userId" TEXT,
    "status" TEXT NOT NULL DEFAULT 'active',
    "supports" TEXT NOT NULL DEFAULT '[]',
    "metadata" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastSeenAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "Session_conversationId_fkey" FOREIGN KEY ("conversationId") REFERENCES "Conversation" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Session_userParticipantId_fkey" FOREIGN KEY ("userParticipantId") REFERENCES "Participant" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Session_agentParticipantId_fkey" FOREIGN KEY ("agentParticipantId") REFERENCES "Participant" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
INSERT INTO "Session" VALUES('e8bc7916-7986-4c95-82d6-1df676366c35','7795cd00-51fc-4a09-b566-b771778d2f13','59fe4c3f-bcb6-4e58-945e-3bd65e67f795','8e06f9fa-ac0c-44af-b863-4de2a92008f1',NULL,'active','["live"]',NULL,'2026-11-26T10:22:53.361+00:00','2026-11-26T10:22:53.361+00:00');
INSERT INTO "Session" VALUES('06becc64-083b-49af-92ce-8f581c831841','602418c0-fbfb-4cb7-8402-450d28cb4fd5','66444862-d8e5-4887-9ea7-9ca06765031a','30247163-ea0e-472a-9e6d-157efbb5a11a',NULL,'active','["live"]',NULL,'2026-11-26T10:22:53.927+00:00','2026-11-26T10:22:53.927+00:00');
INSERT INTO "Session" VALUES('986f565a-2914-41f2-9cad-dfba57455b7e','2aa25421-d515-410c-aeb5-72fd2dbd71f9','f6b2c957-77cb-4575-9303-772d4ac59004','4be56680-ac3f-44f1-a069-65b3bd0d480b',NULL,'active','["live"]',NULL,'2026-11-26T10:22:53.958+00:00','2026-11-26T10:22:53.958+00:00');
INSERT INTO "Session" VALUES('d64937e9-3c4b-49f0-8af0-cfc24fcbf4c7','1f7d3919-1332-4c9a-99e4-6124a497b0c4','c0843585-9cdf-44da-a071-af557c6ab67a','60726d68-aa3a-431c-8375-af6bb4f5738a',NULL,'active','["live"]',NULL,'2026-11-26T10:22:53.991+00:00','2026-11-26T10:22:53.991+00:00');
CREATE TABLE "ToolCall" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "stepId" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "providerId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "title" TEXT,
    "arguments" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'proposed',
    "digest" TEXT NOT NULL,
    "confirmation" TEXT,
    "expiresAt" DATETIME,
    "approved" BOOLEAN,
    "decidedBy" TEXT,
    "decidedAt" DATETIME,
    "reason" TEXT,
    "result" TEXT,
    "isError" BOOLEAN,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" DATETIME,
    "finishedAt" DATETIME,
    CONSTRAINT "ToolCall_stepId_fkey" FOREIGN KEY ("stepId") REFERENCES "TurnStep" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "ToolCall" VALUES('d62e50b3-47e0-4898-ad24-00b300dc12bf','a85bbd58-734c-4abf-9522-f05af2b55c54',0,'call_0','look',NULL,'{}','succeeded','44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',NULL,NULL,NULL,NULL,NULL,NULL,'seen',0,'2026-11-26T10:22:53.650+00:00','2026-11-26T10:22:53.682+00:00','2026-11-26T10:22:53.694+00:00');
INSERT INTO "ToolCall" VALUES('1825a6f0-9dc3-415e-bffe-839604f3a49e','1577b1a6-b839-4f50-a955-9168e65c07db',0,'call_1','issue_refund','Refund','{"orderId":"1234","amount":20}','succeeded','89bbb18ad75878be761658b2bb9ff1eb3394d377e1729d44b4e71351cad3fdd1','{"toolId":"issue_refund","actionDescription":"Refund $20.00 on order 1234","toolCallId":"1825a6f0-9dc3-415e-bffe-839604f3a49e","toolName":"issue_refund","title":"Refund","summary":"Refund $20.00 on order 1234","fields":[{"label":"Order","value":"1234"}],"arguments":{"orderId":"1234","amount":20},"risk":"low","expiresAt":1795774973783}','2026-11-27T10:22:53.783+00:00',1,'visitor','2026-11-26T10:22:53.804+00:00',NULL,'refunded',0,'2026-11-26T10:22:53.780+00:00','2026-11-26T10:22:53.843+00:00','2026-11-26T10:22:53.844+00:00');
INSERT INTO "ToolCall" VALUES('17401aa5-d714-4d78-844e-9bd17328483f','9a6af441-ab77-4db4-9e5a-2a758ea1ea3f',0,'call_1','issue_refund','Refund','{"orderId":"1234","amount":20}','denied','89bbb18ad75878be761658b2bb9ff1eb3394d377e1729d44b4e71351cad3fdd1','{"toolId":"issue_refund","actionDescription":"Refund $20.00 on order 1234","toolCallId":"17401aa5-d714-4d78-844e-9bd17328483f","toolName":"issue_refund","title":"Refund","summary":"Refund $20.00 on order 1234","fields":[{"label":"Order","value":"1234"}],"arguments":{"orderId":"1234","amount":20},"risk":"low","expiresAt":1795774973887}','2026-11-27T10:22:53.887+00:00',0,'visitor','2026-11-26T10:22:53.891+00:00',NULL,'The visitor declined this call. It was not run and nothing was changed.',1,'2026-11-26T10:22:53.883+00:00',NULL,'2026-11-26T10:22:53.900+00:00');
INSERT INTO "ToolCall" VALUES('8452fb70-b515-4958-98f5-d98cf8b5bfc8','314f5166-f0fe-45ae-bc42-a19424bccd4c',0,'call_1','issue_refund','Refund','{"orderId":"1234","amount":20}','awaiting','89bbb18ad75878be761658b2bb9ff1eb3394d377e1729d44b4e71351cad3fdd1','{"toolId":"issue_refund","actionDescription":"Refund $20.00 on order 1234","toolCallId":"8452fb70-b515-4958-98f5-d98cf8b5bfc8","toolName":"issue_refund","title":"Refund","summary":"Refund $20.00 on order 1234","fields":[{"label":"Order","value":"1234"}],"arguments":{"orderId":"1234","amount":20},"risk":"low","expiresAt":1795774973951}','2026-11-27T10:22:53.951+00:00',NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-26T10:22:53.947+00:00',NULL,NULL);
INSERT INTO "ToolCall" VALUES('6514d3df-70d9-4388-8867-8a9322bd460a','cf620d10-d6fa-4263-ac05-5ef6f9334c8e',0,'call_0','slow_write',NULL,'{}','executing','44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-26T10:22:54.013+00:00','2026-11-26T10:22:54.019+00:00',NULL);
CREATE TABLE "Turn" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "conversationId" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "requestId" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "owner" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "model" TEXT,
    "terminal" TEXT,
    "promptTokens" INTEGER NOT NULL DEFAULT 0,
    "completionTokens" INTEGER NOT NULL DEFAULT 0,
    "costUsd" REAL NOT NULL DEFAULT 0,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endedAt" DATETIME,
    CONSTRAINT "Turn_conversationId_fkey" FOREIGN KEY ("conversationId") REFERENCES "Conversation" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Turn_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "Turn" VALUES('ae188c70-2a2d-46a3-8b56-1cffcc843495','7795cd00-51fc-4a09-b566-b771778d2f13','e8bc7916-7986-4c95-82d6-1df676366c35',1,'r1','completed',NULL,1,'gpt-4.1-mini','{"type":"eventual_response","requestId":"r1","status":200,"data":{"requestId":"r1","status":200,"data":{"messageId":"11dd436e-7bb3-433f-8fc7-a8f8b8f1392d","needsEscalation":false,"response":{"responseParts":["Let me look.\n\nFound it."],"customerHappinessScore":0.5,"needsSatisfactionScore":0.5,"requestSummary":"","resolutionStatus":"in_progress","suggestedNextActions":[]},"usage":{"costUsd":0,"promptTokens":20,"completionTokens":10}}},"timestamp":1795688573738}',20,10,0.0,'2026-11-26T10:22:53.427+00:00','2026-11-26T10:22:53.739+00:00');
INSERT INTO "Turn" VALUES('ce8c04b2-5109-490c-84ca-c70cdc58dae0','7795cd00-51fc-4a09-b566-b771778d2f13','e8bc7916-7986-4c95-82d6-1df676366c35',3,'r2','completed',NULL,1,'gpt-4.1-mini','{"type":"eventual_response","requestId":"r2","status":200,"data":{"requestId":"r2","status":200,"data":{"messageId":"b1c7dfdd-92a1-42dc-b89e-ecae244045e2","needsEscalation":false,"response":{"responseParts":["Gladly.\n\nAs you wish."],"customerHappinessScore":0.5,"needsSatisfactionScore":0.5,"requestSummary":"","resolutionStatus":"in_progress","suggestedNextActions":[]},"usage":{"costUsd":0,"promptTokens":20,"completionTokens":10}}},"timestamp":1795688573857}',20,10,0.0,'2026-11-26T10:22:53.759+00:00','2026-11-26T10:22:53.857+00:00');
INSERT INTO "Turn" VALUES('1ee991e7-00ed-43a3-b645-7ef97c4d6c94','7795cd00-51fc-4a09-b566-b771778d2f13','e8bc7916-7986-4c95-82d6-1df676366c35',5,'r3','completed',NULL,1,'gpt-4.1-mini','{"type":"eventual_response","requestId":"r3","status":200,"data":{"requestId":"r3","status":200,"data":{"messageId":"cfa0ff89-190a-470a-8a2d-4ec70e4d3d58","needsEscalation":false,"response":{"responseParts":["Gladly.\n\nAs you wish."],"customerHappinessScore":0.5,"needsSatisfactionScore":0.5,"requestSummary":"","resolutionStatus":"in_progress","suggestedNextActions":[]},"usage":{"costUsd":0,"promptTokens":20,"completionTokens":10}}},"timestamp":1795688573916}',20,10,0.0,'2026-11-26T10:22:53.865+00:00','2026-11-26T10:22:53.916+00:00');
INSERT INTO "Turn" VALUES('568401b6-c8fe-4913-84f3-14a0ae495ba2','602418c0-fbfb-4cb7-8402-450d28cb4fd5','06becc64-083b-49af-92ce-8f581c831841',1,'r1','parked',NULL,1,'gpt-4.1-mini',NULL,0,0,0.0,'2026-11-26T10:22:53.934+00:00',NULL);
INSERT INTO "Turn" VALUES('c75bb354-a678-4983-8723-8945ce4adbcf','2aa25421-d515-410c-aeb5-72fd2dbd71f9','986f565a-2914-41f2-9cad-dfba57455b7e',1,'r1','running','33a53631-eacd-4d09-8143-6292c6bdaa4e',1,'gpt-4.1-mini',NULL,0,0,0.0,'2026-11-26T10:22:53.966+00:00',NULL);
INSERT INTO "Turn" VALUES('6b70a4a3-64f5-439c-beb5-5a42e03044c8','1f7d3919-1332-4c9a-99e4-6124a497b0c4','d64937e9-3c4b-49f0-8af0-cfc24fcbf4c7',1,'r1','running','33a53631-eacd-4d09-8143-6292c6bdaa4e',1,'gpt-4.1-mini',NULL,0,0,0.0,'2026-11-26T10:22:53.999+00:00',NULL);
CREATE TABLE "TurnStep" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "turnId" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "reasoning" TEXT NOT NULL DEFAULT '',
    "finishReason" TEXT NOT NULL,
    "promptTokens" INTEGER,
    "completionTokens" INTEGER,
    "costUsd" REAL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "TurnStep_turnId_fkey" FOREIGN KEY ("turnId") REFERENCES "Turn" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "TurnStep" VALUES('a85bbd58-734c-4abf-9522-f05af2b55c54','ae188c70-2a2d-46a3-8b56-1cffcc843495',0,'Let me look.','','tool_calls',10,5,0.0,'2026-11-26T10:22:53.650+00:00');
INSERT INTO "TurnStep" VALUES('ba8b0f12-28fc-4ca4-82c1-d7019bbd9964','ae188c70-2a2d-46a3-8b56-1cffcc843495',1,'Found it.','','stop',10,5,0.0,'2026-11-26T10:22:53.735+00:00');
INSERT INTO "TurnStep" VALUES('1577b1a6-b839-4f50-a955-9168e65c07db','ce8c04b2-5109-490c-84ca-c70cdc58dae0',0,'Gladly.','','tool_calls',10,5,0.0,'2026-11-26T10:22:53.780+00:00');
INSERT INTO "TurnStep" VALUES('2fa1755e-7ba3-44ef-8de3-27eb63546aa1','ce8c04b2-5109-490c-84ca-c70cdc58dae0',1,'As you wish.','','stop',10,5,0.0,'2026-11-26T10:22:53.854+00:00');
INSERT INTO "TurnStep" VALUES('9a6af441-ab77-4db4-9e5a-2a758ea1ea3f','1ee991e7-00ed-43a3-b645-7ef97c4d6c94',0,'Gladly.','','tool_calls',10,5,0.0,'2026-11-26T10:22:53.883+00:00');
INSERT INTO "TurnStep" VALUES('adc15e67-0724-4949-bd16-af2767580af8','1ee991e7-00ed-43a3-b645-7ef97c4d6c94',1,'As you wish.','','stop',10,5,0.0,'2026-11-26T10:22:53.913+00:00');
INSERT INTO "TurnStep" VALUES('314f5166-f0fe-45ae-bc42-a19424bccd4c','568401b6-c8fe-4913-84f3-14a0ae495ba2',0,'Gladly.','','tool_calls',10,5,0.0,'2026-11-26T10:22:53.947+00:00');
INSERT INTO "TurnStep" VALUES('cf620d10-d6fa-4263-ac05-5ef6f9334c8e','6b70a4a3-64f5-439c-beb5-5a42e03044c8',0,'','','tool_calls',10,5,0.0,'2026-11-26T10:22:54.013+00:00');
CREATE TABLE "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
);
INSERT INTO "_prisma_migrations" VALUES('e68e1198-ad2e-44cc-8d3a-ed8c689a8072','7ff8c5ce2d54d7eddafa4611a9208459f39fe5f17efaf135c864d183b18a2964','2026-11-26T10:22:52.981+00:00','20261123000000_init',NULL,NULL,'2026-11-26T10:22:52.950+00:00',1);
CREATE UNIQUE INDEX "Conversation_activeTurnId_key" ON "Conversation"("activeTurnId");
CREATE INDEX "Conversation_organizationId_agentId_ownerId_updatedAt_idx" ON "Conversation"("organizationId", "agentId", "ownerId", "updatedAt");
CREATE INDEX "Participant_conversationId_idx" ON "Participant"("conversationId");
CREATE INDEX "Session_conversationId_idx" ON "Session"("conversationId");
CREATE INDEX "Session_userParticipantId_idx" ON "Session"("userParticipantId");
CREATE INDEX "Session_agentParticipantId_idx" ON "Session"("agentParticipantId");
CREATE INDEX "Message_turnId_idx" ON "Message"("turnId");
CREATE INDEX "Message_participantId_idx" ON "Message"("participantId");
CREATE UNIQUE INDEX "Message_conversationId_seq_key" ON "Message"("conversationId", "seq");
CREATE INDEX "Turn_state_owner_idx" ON "Turn"("state", "owner");
CREATE INDEX "Turn_sessionId_idx" ON "Turn"("sessionId");
CREATE INDEX "Turn_conversationId_seq_idx" ON "Turn"("conversationId", "seq");
CREATE UNIQUE INDEX "Turn_conversationId_requestId_key" ON "Turn"("conversationId", "requestId");
CREATE UNIQUE INDEX "TurnStep_turnId_index_key" ON "TurnStep"("turnId", "index");
CREATE INDEX "ToolCall_state_expiresAt_idx" ON "ToolCall"("state", "expiresAt");
CREATE UNIQUE INDEX "ToolCall_stepId_index_key" ON "ToolCall"("stepId", "index");
CREATE INDEX "AuthContextNonce_expiresAt_idx" ON "AuthContextNonce"("expiresAt");
COMMIT;
